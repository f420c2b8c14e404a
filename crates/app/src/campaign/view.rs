//! Campaigns as the API shows them.

use super::audience::AudienceView;
use crate::cost::CostSum;
use crate::error::Result;
use crate::inbox::FailureView;
use crate::send::words;
use rapport_core::campaign::Status;
use rapport_store::campaign::{CampaignRow, Progress, QUEUED, RecipientRow};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// How far a campaign has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CampaignStatus)]
pub enum StatusWord {
    /// Being prepared.
    Draft,
    /// Begins by itself at `scheduled_at`.
    Scheduled,
    /// Under way.
    Running,
    /// Stopped, and may go on.
    Paused,
    /// Nothing of it waits any more.
    Finished,
    /// Ended early.
    Cancelled,
}

impl StatusWord {
    /// How far a stored campaign has come.
    pub(crate) fn of(stored: &str) -> Self {
        match Status::parse(stored).unwrap_or(Status::Draft) {
            Status::Draft => Self::Draft,
            Status::Scheduled => Self::Scheduled,
            Status::Running => Self::Running,
            Status::Paused => Self::Paused,
            Status::Finished => Self::Finished,
            Status::Cancelled => Self::Cancelled,
        }
    }
}

/// The template of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CampaignTemplate)]
pub struct TemplateRef {
    /// The template.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its language, with underscore.
    pub language: String,
    /// `marketing`, `utility` or `authentication`, as it was when it was chosen.
    pub category: String,
}

/// Recipients, each counted at one place; only `replied` counts some of them again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CampaignProgress)]
pub struct ProgressView {
    /// Recipients found so far; all of them once `planned`.
    pub recipients: i64,
    /// No message was made yet.
    pub waiting: i64,
    /// They get no message, for the reason that stands at each.
    pub skipped: i64,
    /// The message waits for its turn or for a moment somebody chose, or is being handed over.
    pub queued: i64,
    /// The guard holds the message back until later.
    pub delayed: i64,
    /// The provider took it; it has not arrived yet.
    pub sent: i64,
    /// It arrived and is not read, as far as the provider tells.
    pub delivered: i64,
    /// It was read.
    pub read: i64,
    /// The provider could not deliver it.
    pub failed: i64,
    /// The guard refused it.
    pub refused: i64,
    /// Somebody took the message back before it went out.
    pub withdrawn: i64,
    /// The answer was lost: it may have gone out. A person decides.
    pub unknown: i64,
    /// Wrote on the campaign's channel within 7 days after the message was sent.
    pub replied: i64,
}

impl From<&Progress> for ProgressView {
    fn from(counted: &Progress) -> Self {
        let mut view =
            Self { waiting: counted.waiting, skipped: counted.skipped, replied: counted.replied, ..Self::default() };
        for (status, count) in &counted.messages {
            let place = match Place::of(status) {
                Place::Queued => &mut view.queued,
                Place::Delayed => &mut view.delayed,
                Place::Sent => &mut view.sent,
                Place::Delivered => &mut view.delivered,
                Place::Read => &mut view.read,
                Place::Failed => &mut view.failed,
                Place::Refused => &mut view.refused,
                Place::Withdrawn => &mut view.withdrawn,
                Place::Unknown => &mut view.unknown,
                Place::Waiting | Place::Skipped => continue,
            };
            *place += count;
        }
        let made: i64 = counted.messages.values().sum();
        view.recipients = view.waiting + view.skipped + made;
        view
    }
}

/// Where a recipient is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CampaignRecipientState)]
pub enum Place {
    /// No message was made yet.
    Waiting,
    /// No message.
    Skipped,
    /// The message waits for its turn or a moment somebody chose.
    Queued,
    /// The guard holds it back.
    Delayed,
    /// The provider took it.
    Sent,
    /// It arrived.
    Delivered,
    /// It was read.
    Read,
    /// It did not arrive.
    Failed,
    /// The guard refused it.
    Refused,
    /// Somebody took it back.
    Withdrawn,
    /// Nobody knows whether it went out.
    Unknown,
}

impl Place {
    /// Where messages are counted, with their statuses: each of a message that goes out stands here once.
    const STATUSES: [(Self, &'static [&'static str]); 9] = [
        (Self::Queued, &["queued", "scheduled", "sending"]),
        (Self::Delayed, &["held"]),
        (Self::Sent, &["sent"]),
        (Self::Delivered, &["delivered"]),
        (Self::Read, &["read"]),
        (Self::Failed, &["failed"]),
        (Self::Refused, &["refused"]),
        (Self::Withdrawn, &["withdrawn"]),
        (Self::Unknown, &["unknown"]),
    ];

    /// The place of a message with this status.
    fn of(status: &str) -> Self {
        let found = Self::STATUSES.into_iter().find(|(_, statuses)| statuses.contains(&status));
        found.map_or(Self::Queued, |(place, _)| place)
    }

    /// The statuses of the messages that are counted here; none where there is no message.
    pub(super) fn statuses(self) -> &'static [&'static str] {
        Self::STATUSES.into_iter().find(|(place, _)| *place == self).map_or(&[], |(_, statuses)| statuses)
    }
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Campaign)]
pub struct CampaignView {
    /// The campaign.
    pub id: Uuid,
    /// What the team calls it.
    pub name: String,
    /// The channel it goes over.
    pub channel_id: Uuid,
    /// The template.
    pub template: TemplateRef,
    /// What stands in the template's blanks for everybody, by the key of the blank; the rest is each customer's own.
    pub values: BTreeMap<String, String>,
    /// Whom it is for.
    pub audience: AudienceView,
    /// How far it has come.
    pub status: StatusWord,
    /// Why it was paused by itself: `template_gone`, `template_not_approved` or `channel_gone`.
    #[schema(required)]
    pub stopped_for: Option<String>,
    /// When it begins or was to begin by itself, milliseconds UTC.
    #[schema(required)]
    pub scheduled_at: Option<i64>,
    /// When it began, milliseconds UTC.
    #[schema(required)]
    pub started_at: Option<i64>,
    /// When it was through or cancelled, milliseconds UTC.
    #[schema(required)]
    pub finished_at: Option<i64>,
    /// Whether every recipient is known.
    pub planned: bool,
    /// How far its recipients have come.
    pub progress: ProgressView,
    /// What its arrived messages cost so far; null in lists, and for callers who may not see costs.
    #[schema(required)]
    pub cost: Option<CostSum>,
    /// Who made it; null for a program.
    #[schema(required)]
    pub created_by: Option<Uuid>,
    /// When it was made, milliseconds UTC.
    pub created_at: i64,
    /// When it last changed, milliseconds UTC.
    pub updated_at: i64,
}

/// A campaign with its counts.
pub(super) fn view(row: CampaignRow, progress: Option<&Progress>) -> Result<CampaignView> {
    let audience = AudienceView::from(&super::audience::stored(&row)?);
    let status = StatusWord::of(&row.status);
    Ok(CampaignView {
        id: row.id,
        name: row.name,
        channel_id: row.channel_id,
        template: TemplateRef {
            id: row.template_id,
            name: row.template_name,
            language: row.template_language,
            category: row.category,
        },
        values: serde_json::from_value(row.given).unwrap_or_default(),
        audience,
        status,
        stopped_for: row.stopped_for,
        scheduled_at: row.scheduled_at,
        started_at: row.started_at,
        finished_at: row.finished_at,
        planned: row.planned == 1,
        progress: progress.map(ProgressView::from).unwrap_or_default(),
        cost: None,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// A customer of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CampaignRecipientContact)]
pub struct RecipientContact {
    /// The contact.
    pub id: Uuid,
    /// Their name; may be empty.
    pub name: String,
    /// Their number.
    #[schema(required)]
    pub phone: Option<String>,
}

/// Why a recipient has got nothing, or not yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CampaignReason)]
pub struct ReasonView {
    /// Who says so: `campaign`, `guard` or `provider`.
    pub by: &'static str,
    /// `gone`, `merged`, `missing_value` or `too_long`; the guard's rule; or the provider's code.
    pub code: String,
    /// One English sentence.
    pub text: String,
    /// The translation key of the guard's sentence.
    #[schema(required)]
    pub key: Option<String>,
    /// The blank that stays empty, or the contact they became part of.
    #[schema(required)]
    pub detail: Option<String>,
    /// The guard holds it back until then, milliseconds UTC.
    #[schema(required)]
    pub until: Option<i64>,
}

/// A recipient of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CampaignRecipient)]
pub struct RecipientView {
    /// The customer.
    pub contact: RecipientContact,
    /// How far their message has come.
    pub state: Place,
    /// Why there is none, or why it has not arrived.
    #[schema(required)]
    pub reason: Option<ReasonView>,
    /// The message.
    #[schema(required)]
    pub message_id: Option<Uuid>,
    /// Its conversation.
    #[schema(required)]
    pub conversation_id: Option<Uuid>,
    /// When the state was reached, milliseconds UTC.
    pub at: i64,
}

/// A recipient as it is shown.
pub(super) fn recipient(row: RecipientRow) -> RecipientView {
    let state = match (row.state.as_str(), row.status.as_deref()) {
        (QUEUED, Some(status)) => Place::of(status),
        (rapport_store::campaign::WAITING, _) => Place::Waiting,
        _ => Place::Skipped,
    };
    let reason = match state {
        Place::Skipped => Some(left_out(&row)),
        Place::Delayed | Place::Refused => row.verdict.as_ref().and_then(judged),
        Place::Failed | Place::Unknown => failed(&row),
        _ => None,
    };
    RecipientView {
        contact: RecipientContact { id: row.contact, name: row.name, phone: row.phone },
        state,
        reason,
        message_id: row.message,
        conversation_id: row.conversation,
        at: row.at,
    }
}

fn left_out(row: &RecipientRow) -> ReasonView {
    let code = row.reason.clone().unwrap_or_else(|| "gone".to_owned());
    let text = match code.as_str() {
        "merged" => "They became part of another contact, who is a recipient instead.",
        "missing_value" => "Nothing fills a blank of the template for this customer.",
        "too_long" => "Filled with this customer's data the template is longer than WhatsApp takes.",
        _ => "There is no such contact.",
    };
    ReasonView { by: "campaign", code, text: text.to_owned(), key: None, detail: row.detail.clone(), until: None }
}

fn judged(stored: &serde_json::Value) -> Option<ReasonView> {
    let verdict = words::stored(stored)?;
    Some(ReasonView {
        by: "guard",
        code: verdict.decided_by.unwrap_or_default().to_owned(),
        text: verdict.summary,
        key: Some(verdict.summary_key),
        detail: None,
        until: verdict.until.map(|at| at.0),
    })
}

fn failed(row: &RecipientRow) -> Option<ReasonView> {
    let FailureView { code, meaning, .. } =
        crate::inbox::failure_view(row.error.as_ref(), row.status.as_deref().unwrap_or_default())?;
    Some(ReasonView { by: "provider", code: code.to_string(), text: meaning, key: None, detail: None, until: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_of_a_message_is_counted_where_it_is_shown() {
        use rapport_core::message::Status;
        let nobodys = [Status::Received, Status::Note, Status::Event];
        for status in Status::ALL.into_iter().filter(|status| !nobodys.contains(status)) {
            let place = Place::of(status.code());
            assert!(place.statuses().contains(&status.code()), "{place:?} has {status:?}");
        }
        assert_eq!((Place::of("withdrawn"), Place::of("scheduled")), (Place::Withdrawn, Place::Queued));
        assert!(Place::Waiting.statuses().is_empty() && Place::Skipped.statuses().is_empty());
    }

    #[test]
    fn everybody_is_counted_once() {
        let messages = [("queued", 3), ("sending", 1), ("held", 4), ("delivered", 5), ("read", 6), ("refused", 2)];
        let counted = Progress {
            waiting: 10,
            skipped: 1,
            messages: messages.into_iter().map(|(status, count)| (status.to_owned(), count)).collect(),
            replied: 2,
        };
        let view = ProgressView::from(&counted);
        assert_eq!((view.queued, view.delayed, view.delivered, view.read, view.refused), (4, 4, 5, 6, 2));
        assert_eq!((view.recipients, view.waiting, view.skipped, view.replied), (32, 10, 1, 2));
    }
}
