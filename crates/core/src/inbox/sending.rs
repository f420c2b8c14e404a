//! What a message looks like on its way out: held, refused, handed over, answered, lost.

use super::people::{consent_changes, consent_line, feed};
use super::state::{Change, ConsentRecord, ContactState, ConversationState, FeedEvent, MessageState};
use crate::Ms;
use crate::message::{Failure, Status};
use serde_json::json;
use uuid::Uuid;

/// A step of the send worker or of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The guard delays it.
    Held,
    /// The guard refuses it.
    Refused,
    /// The intent is stored; the request goes out next.
    Started,
    /// The provider took it and gave an id.
    Accepted {
        /// The id.
        provider_id: String,
    },
    /// It surely did not go out and is tried again later.
    Again,
    /// It surely did not go out and will not by itself.
    Failed(Failure),
    /// The answer was lost: it may have gone out.
    Lost(Failure),
    /// A person wants another attempt at a failed or refused message.
    Retried,
    /// A person says that a lost one went out.
    SettledSent,
}

/// Where a step leads from `now_at`; `None` when it comes too late to mean anything.
///
/// Reports of the provider are never undone: once a status has proved that the message went out, the worker's own
/// steps only add what they know.
#[must_use]
fn next(now_at: Status, step: &Step) -> Option<Status> {
    let waiting = matches!(now_at, Status::Scheduled | Status::Queued | Status::Held);
    let open = now_at.is_under_way();
    match step {
        Step::Held => waiting.then_some(Status::Held),
        Step::Refused => waiting.then_some(Status::Refused),
        Step::Started => waiting.then_some(Status::Sending),
        Step::Accepted { .. } => Some(now_at.join(Status::Sent)),
        Step::Again => open.then_some(Status::Queued),
        Step::Failed(_) => open.then_some(Status::Failed),
        Step::Lost(_) => open.then_some(Status::Unknown),
        Step::Retried => matches!(now_at, Status::Failed | Status::Refused).then_some(Status::Queued),
        Step::SettledSent => (now_at == Status::Unknown).then_some(Status::Sent),
    }
}

/// The changes a step makes; empty when it comes too late.
#[must_use]
pub fn step(message: &MessageState, conversation: Option<&ConversationState>, step: &Step, now: Ms) -> Vec<Change> {
    let Some(status) = next(message.status, step) else { return Vec::new() };
    let mut row = message.clone();
    if row.status != status {
        row.status = status;
        row.status_at = Some(now);
    }
    match step {
        Step::Accepted { provider_id } => {
            // A message that is tried again still has the id of the try that failed.
            if message.status.is_under_way() || row.provider_id.is_none() {
                row.provider_id = Some(provider_id.clone());
            }
            row.failure = row.failure.filter(|_| status == Status::Failed);
        }
        Step::Failed(failure) => {
            row.failed_at = Some(now);
            row.failure = Some(failure.clone());
        }
        Step::Lost(failure) => row.failure = Some(failure.clone()),
        Step::Retried => {
            (row.sent_at, row.failed_at, row.failure) = (None, None, None);
        }
        Step::Again => (row.failed_at, row.failure) = (None, None),
        Step::SettledSent => row.failure = None,
        Step::Held | Step::Refused | Step::Started => {}
    }
    if row == *message {
        return Vec::new();
    }
    let told = FeedEvent {
        conversation_id: Some(row.conversation_id),
        message_id: Some(row.id),
        data: json!({ "status": row.status }),
        ..feed("message.updated", now, row.contact_id)
    };
    let mut changes = vec![Change::Feed(told)];
    if let Some(known) = conversation.filter(|known| known.last_message_id == Some(row.id)) {
        let shown = ConversationState { last_status: row.status, updated_at: now, ..known.clone() };
        changes.push(Change::UpdateConversation(shown));
    }
    changes.push(Change::UpdateMessage(row));
    changes
}

/// The provider says the customer wants no marketing (131050): ledger, contact and thread say so from now on.
#[must_use]
pub fn stopped_marketing(
    contact: &ContactState,
    conversation: Option<&ConversationState>,
    proof: &str,
    now: Ms,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Vec<Change> {
    let record = ConsentRecord {
        contact_id: contact.id,
        purpose: "marketing".to_owned(),
        state: "opted_out".to_owned(),
        source: "error_131050".to_owned(),
        proof: proof.to_owned(),
        at: now,
    };
    let line = conversation.map(|known| Change::InsertMessage(consent_line(now, known, &record, fresh)));
    line.into_iter().chain(consent_changes(contact, record, now)).collect()
}

/// A person or program notes what the customer agreed to: ledger and contact say so from now on.
#[must_use]
pub fn consented(contact: &ContactState, record: ConsentRecord, now: Ms) -> Vec<Change> {
    consent_changes(contact, record, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_where_they_should() {
        let failure = || Failure { code: 131_026, detail: "undeliverable".to_owned() };
        let accepted = || Step::Accepted { provider_id: "wamid.1".to_owned() };
        let table = [
            (Status::Queued, Step::Held, Some(Status::Held)),
            (Status::Held, Step::Started, Some(Status::Sending)),
            (Status::Queued, Step::Refused, Some(Status::Refused)),
            (Status::Sending, accepted(), Some(Status::Sent)),
            (Status::Read, accepted(), Some(Status::Read)),
            (Status::Failed, accepted(), Some(Status::Failed)),
            (Status::Sending, Step::Again, Some(Status::Queued)),
            (Status::Delivered, Step::Again, None),
            (Status::Delivered, Step::Failed(failure()), None),
            (Status::Sending, Step::Lost(failure()), Some(Status::Unknown)),
            (Status::Delivered, Step::Lost(failure()), None),
            (Status::Failed, Step::Retried, Some(Status::Queued)),
            (Status::Sent, Step::Retried, None),
            (Status::Unknown, Step::SettledSent, Some(Status::Sent)),
            (Status::Read, Step::Started, None),
        ];
        for (from, step, expected) in table {
            assert_eq!(next(from, &step), expected, "{from:?} {step:?}");
        }
    }
}
