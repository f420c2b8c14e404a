//! What the guard must know about a message, gathered from the store.

use super::limits::Limits;
use crate::account::guard_policy::Rules;
use crate::channel::Channel;
use crate::error::Result;
use rapport_connectors::whatsapp::{RetryClass, meaning};
use rapport_core::contact::identity::IdentityKind;
use rapport_core::contact::{Consent, Window};
use rapport_core::guard::{
    Author, BudgetFacts, ChannelFacts, CustomerFacts, History, PortfolioFacts, Purpose, Request, Snapshot,
    TemplateFacts, Tier, content_hash,
};
use rapport_core::inbox::{ContactState, ConversationState};
use rapport_core::message::Content;
use rapport_core::template::{self, Category};
use rapport_core::time::{DAY, MINUTE};
use rapport_core::{MessageId, Ms};
use rapport_store::Read;
use rapport_store::query::person;
use rapport_store::reach::{self, Reach, Report};
use rapport_store::template::TemplateRow;
use std::sync::Arc;

/// How far back the guard looks at what was sent to a customer. Milliseconds.
const LOOK_BACK_MS: i64 = 31 * DAY;
/// How far back a customer's habits are looked for, in milliseconds, and in how many messages at most.
const HABIT_MS: i64 = 90 * DAY;
const HABIT_MAX: u64 = 200;
/// How far back customers count for the messaging limit: the provider's day, and a minute against us, because its clock
/// counts arrivals and ours decisions. Milliseconds.
const TIER_SPAN_MS: i64 = DAY + MINUTE;
/// Sends that can still matter to the pair limiter: a full burst of 45 is paid back after 270 s. Milliseconds.
const PAIR_MEMORY_MS: i64 = 600_000;

/// What is asked of the guard, without the content.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub author: Author,
    pub purpose: Purpose,
}

impl Ask {
    /// Who and what for, from the author's stored word, the template's category and the event it is about: what tells of
    /// an event by itself is a notice, not an answer.
    pub fn of(author_kind: &str, category: Option<Category>, event: Option<&str>) -> Self {
        let author = match author_kind {
            "user" => Author::User,
            "rule" => Author::Rule,
            "campaign" => Author::Campaign,
            "system" => Author::System,
            _ => Author::Api,
        };
        Self { author, purpose: Purpose::of(category, event.is_some() && author != Author::User) }
    }

    /// The request to judge.
    pub fn request<'a>(&self, content: &'a Content, event: Option<&'a str>) -> Request<'a> {
        Request { event_key: event, ..Request::message(content, self.author, self.purpose) }
    }
}

/// What was read before the transaction: none of it changes while this node owns the send lane, or a change only
/// makes the next judgement better.
pub(super) struct Past {
    /// When the customer wrote lately; empty unless the policy asks for their best hour.
    pub wrote_at: Vec<Ms>,
    pub sent: Vec<Reach>,
    pub template: Option<Arc<TemplateFacts>>,
    pub portfolio: PortfolioFacts,
    pub daily_used: u32,
    /// The budget of this month, where promotion stops with it.
    pub budget: Option<BudgetFacts>,
    /// The business blocked the customer on this number.
    pub blocked: bool,
    /// What the provider's reports say about reaching the customer.
    pub reached: Reached,
    /// The event the message is about.
    pub event: Option<String>,
    /// Until when the window is open in the customer's conversations on all channels with this number; none where the
    /// number has only this one.
    pub window: Option<Ms>,
}

/// What the provider reported about reaching a customer lately.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reached {
    /// Since when nothing arrives any more.
    pub undeliverable_since: Option<Ms>,
    /// When marketing was last held back to keep the customer from too much of it.
    pub ecosystem_refused_at: Option<Ms>,
}

impl Reached {
    fn of(reports: &[Report]) -> Self {
        let arrived = reports.iter().filter_map(|report| match report {
            Report::Arrived(at) => Some(*at),
            Report::Failed(..) => None,
        });
        let last = arrived.max();
        let failed = |class: RetryClass| {
            reports.iter().filter_map(move |report| match report {
                Report::Failed(at, code) if meaning(*code).class == class => Some(*at),
                _ => None,
            })
        };
        Self {
            undeliverable_since: failed(RetryClass::MarkNumber).filter(|at| last.is_none_or(|last| *at > last)).min(),
            ecosystem_refused_at: failed(RetryClass::LaterDay).max(),
        }
    }
}

/// Reads what was sent before and the template asked for.
pub(super) async fn past(
    read: &Read,
    channel: &Channel,
    contact: rapport_core::ContactId,
    (content, event): (&Content, Option<&str>),
    message: Option<MessageId>,
    rules: &Rules,
    now: Ms,
) -> Result<Past> {
    let sent = reach::of_contact(read, contact, now.plus(-LOOK_BACK_MS), message).await?;
    let template = match content {
        Content::Template { name, language, .. } => template_of(read, &channel.waba_id, name, language).await?,
        _ => None,
    };
    let tier = match channel.tier_limit {
        None => Tier::Unknown,
        Some(limit) => u32::try_from(limit).map_or(Tier::Unlimited, Tier::Limited),
    };
    let mut portfolio = PortfolioFacts { tier, ..PortfolioFacts::default() };
    // Only templates begin a conversation, and nobody counts for whoever has no limit.
    if template.is_some() && tier != Tier::Unlimited {
        let first = reach::first_messages(read, &channel.portfolio_key, contact, now.plus(-TIER_SPAN_MS)).await?;
        portfolio.used = u32::try_from(first.customers).unwrap_or(u32::MAX);
        portfolio.counts_customer = first.counts_customer;
        portfolio.frees_at = first.oldest.map(|at| full_minute(at.plus(TIER_SPAN_MS)));
    }
    let daily_used = match channel.daily_limit {
        Some(_) => reach::of_channel(read, channel.id, Ms(now.day() * DAY)).await?,
        None => 0,
    };
    let blocked = rapport_store::block::is_blocked(read, contact, channel.id).await?;
    let reached = Reached::of(&reach::reports(read, contact, now.plus(-LOOK_BACK_MS)).await?);
    let sells = template.as_ref().is_some_and(|facts| facts.definition.category == Category::Marketing);
    let wrote_at = if rules.policy.promotion_best_hour && sells {
        person::wrote_at(read, contact, now.plus(-HABIT_MS), HABIT_MAX).await?
    } else {
        Vec::new()
    };
    let window = match rules.chats.members(&channel.id) {
        [_] => None,
        members => person::window(read, contact, members).await?,
    };
    let budget = if sells { crate::cost::facts(read, now).await? } else { None };
    Ok(Past {
        wrote_at,
        sent,
        template,
        portfolio,
        budget,
        daily_used: u32::try_from(daily_used).unwrap_or(u32::MAX),
        blocked,
        reached,
        event: event.map(str::to_owned),
        window,
    })
}

/// Whoever waits for a place looks again once a minute, not at every place that becomes free.
fn full_minute(at: Ms) -> Ms {
    Ms((at.0.div_euclid(MINUTE) + 1).saturating_mul(MINUTE))
}

async fn template_of(read: &Read, waba_id: &str, name: &str, language: &str) -> Result<Option<Arc<TemplateFacts>>> {
    let rows = rapport_store::template::by_name(read, waba_id, name).await?;
    let Some(row) = rows.iter().find(|row| row.language == language).or(rows.first()) else { return Ok(None) };
    let languages = rows.iter().map(|row| row.language.clone()).collect();
    Ok(template_facts(row, languages).map(Arc::new))
}

/// A template as the guard knows it, with the languages that its name exists in; `None` when it cannot be read.
pub(crate) fn template_facts(row: &TemplateRow, languages: Vec<String>) -> Option<TemplateFacts> {
    let definition = template::parse(&row.components, Some(&row.parameter_format), &row.category).ok()?;
    Some(TemplateFacts {
        name: row.name.clone(),
        language: row.language.clone(),
        languages,
        status: row.status.clone(),
        paused_until: None,
        definition,
    })
}

/// Tells the pair limiter what was sent to the customer before this node owned the lane.
pub(super) fn remember(limits: &mut Limits, channel: &Channel, contact: rapport_core::ContactId, past: &Past, now: Ms) {
    if limits.knows(channel.id, contact) {
        return;
    }
    let recent = |row: &&Reach| row.channel_id == channel.id && now.since(row.at) < PAIR_MEMORY_MS;
    // A moment that has not come yet was written by a clock that has been set back since.
    let sent: Vec<Ms> = past.sent.iter().filter(recent).map(|row| row.at.min(now)).collect();
    limits.remember(channel.id, contact, &sent, now);
}

/// The whole picture for the guard.
pub(super) fn snapshot(
    channel: &Channel,
    contact: &ContactState,
    conversation: &ConversationState,
    content: &Content,
    past: &Past,
    workspace_timezone: &str,
    now: Ms,
) -> Snapshot {
    let hash = content_hash(content);
    let has = |kind| contact.identities.iter().any(|identity| identity.kind == kind);
    Snapshot {
        channel: ChannelFacts {
            status: channel.status,
            reason: channel.status_reason.clone(),
            daily_limit: channel.daily_limit.and_then(|limit| u32::try_from(limit).ok()),
            daily_used: past.daily_used,
            daily_resets_at: Some(Ms((now.day() + 1) * DAY)),
            throughput_per_second: Some(channel.throughput).filter(|rate| *rate > 0),
            ..ChannelFacts::default()
        },
        customer: CustomerFacts {
            has_phone: contact.phone.is_some() || has(IdentityKind::WaId),
            has_user_id: has(IdentityKind::Bsuid),
            country: contact.country.clone(),
            blocked: past.blocked,
            last_inbound_at: contact.last_inbound_at,
            marketing: Consent::parse(&contact.marketing_consent),
            wrote_at: past.wrote_at.clone(),
            undeliverable_since: past.reached.undeliverable_since,
            ecosystem_refused_at: past.reached.ecosystem_refused_at,
            ..CustomerFacts::default()
        },
        window: Window::new(conversation.window_expires_at.max(past.window)),
        template: past.template.clone(),
        history: History {
            templates: past.sent.iter().filter(|row| row.template).map(|row| row.at).collect(),
            same_content: past
                .sent
                .iter()
                .filter(|row| hash.is_some() && row.content_hash == hash)
                .map(|row| row.at)
                .collect(),
            promotional_at: past.sent.iter().filter(|row| row.promotion).map(|row| row.at).max(),
            same_event_at: past
                .sent
                .iter()
                .filter(|row| past.event.is_some() && row.event_key == past.event)
                .map(|row| row.at)
                .max(),
        },
        portfolio: past.portfolio.clone(),
        budget: past.budget.clone(),
        readings: Default::default(),
        route: None,
        campaign: None,
        workspace_timezone: workspace_timezone.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_say_whether_a_customer_can_be_reached() {
        let (arrived, unreachable, held) =
            (|at| Report::Arrived(Ms(at)), |at| Report::Failed(Ms(at), 131_026), |at| Report::Failed(Ms(at), 131_049));
        let of = |reports: &[Report]| {
            let found = Reached::of(reports);
            (found.undeliverable_since.map(|at| at.0), found.ecosystem_refused_at.map(|at| at.0))
        };
        assert_eq!(of(&[]), (None, None));
        assert_eq!(of(&[unreachable(5), unreachable(3), arrived(1)]), (Some(3), None));
        assert_eq!(of(&[unreachable(5), arrived(7), unreachable(9)]), (Some(9), None));
        assert_eq!(of(&[arrived(7), unreachable(5), held(2), held(6)]), (None, Some(6)));
        assert_eq!(of(&[Report::Failed(Ms(1), 131_047)]), (None, None));
    }

    #[test]
    fn places_become_free_on_the_full_minute() {
        assert_eq!(full_minute(Ms(0)), Ms(MINUTE));
        assert_eq!(full_minute(Ms(MINUTE - 1)), Ms(MINUTE));
        assert_eq!(full_minute(Ms(MINUTE)), Ms(2 * MINUTE));
    }
}
