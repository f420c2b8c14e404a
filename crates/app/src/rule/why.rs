//! "Why did this customer (not) get it?" - and what a rule would do for somebody now, before it is switched on.

use super::facts;
use super::set::{RuleSet, known};
use super::{NOUN, view};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::contact::tags;
use rapport_core::rule::{Event, Facts, Known, Trigger, What, judge};
use rapport_core::shop::current;
use rapport_core::time::DAY;
use rapport_core::{ContactId, Ms};
use rapport_store::Read;
use rapport_store::query::contact_page;
use rapport_store::rule;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Whom a rule is asked about.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhyQuery {
    /// The contact; it must be given.
    pub contact_id: Option<Uuid>,
}

/// What a rule would do for a contact now, if what it listens for happened: for messages, their newest one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RuleWhy)]
pub struct WhyView {
    /// The rule.
    pub rule_id: Uuid,
    /// The contact.
    pub contact_id: Uuid,
    /// Whether it would run.
    pub runs: bool,
    /// The first check that says no.
    pub reason: Option<String>,
    /// What it is judged by: as `event` of a run.
    #[schema(value_type = Object)]
    pub event: Value,
    /// Every check: `check`, `met`, `found`, `limit`.
    #[schema(value_type = Vec<Object>)]
    pub checks: Value,
    /// The conditions as a tree, each with what it found.
    #[schema(value_type = Object)]
    pub conditions: Value,
    /// What it would do at once.
    pub steps: Vec<view::StepRun>,
}

/// Judges a rule for a contact without doing anything.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn why(app: &App, caller: &Caller, id: Uuid, query: WhyQuery) -> Result<WhyView> {
    caller.require(Permission::RuleRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let rule = known(rule::get(&read, id).await?.ok_or(Error::NotFound(NOUN))?)?;
    let contact = query.contact_id.ok_or_else(|| Error::invalid("contact_id", "must be given"))?;
    let contact = ContactId(contact);
    contact_page::get(&read, contact).await?.ok_or(Error::NotFound("contact"))?;
    let now = app.now();
    let set = RuleSet::only(app, caller.workspace, rule.clone()).await?;
    let mut event = last_message(&read, contact, now).await?;
    let facts = facts::load(app, &read, &set, &event, now).await?.ok_or(Error::NotFound("contact"))?;
    event.what = what(&rule, &facts);
    let verdict = judge(&rule, &facts, &event, now);
    let steps = verdict.plan.map(view::Progress::of).unwrap_or_default().steps;
    Ok(WhyView {
        rule_id: id,
        contact_id: contact.0,
        runs: verdict.refused.is_none(),
        reason: verdict.refused.map(|check| check.code().to_owned()),
        event: json!(event.what),
        checks: json!(verdict.checks),
        conditions: json!(verdict.conditions),
        steps,
    })
}

/// The newest message of a contact, as it was heard.
async fn last_message(read: &Read, contact: ContactId, now: Ms) -> Result<Event> {
    let spoken = rule::spoken(read, contact, now.plus(-365 * DAY), 50).await?;
    let last = spoken.into_iter().find(|line| line.direction == "in");
    Ok(Event {
        key: "why".to_owned(),
        at: last.as_ref().map_or(now, |line| line.at),
        contact_id: contact,
        conversation_id: last.as_ref().map(|line| line.conversation_id),
        message_id: last.map(|line| line.id),
        settle_ms: 0,
        cause: None,
        what: What::Message,
    })
}

/// What the rule listens for first, as it would be for this contact.
fn what(rule: &Known, facts: &Facts) -> What {
    match rule.definition.when.first() {
        None
        | Some(Trigger::MessageReceived | Trigger::Keyword { .. } | Trigger::HotWord { .. } | Trigger::Intent { .. }) => {
            What::Message
        }
        Some(Trigger::ConversationOpened) => What::Opened,
        Some(Trigger::ConversationAssigned) => What::Assigned,
        Some(Trigger::ConversationResolved) => What::Resolved,
        Some(Trigger::TagAdded { .. }) => What::Tagged { tags: tags(&facts.contact.fields) },
        Some(Trigger::FieldChanged { fields }) => What::Changed { fields: fields.clone() },
        Some(Trigger::OrderChanged { .. }) => facts.order.as_ref().map_or(What::Message, |order| {
            let (number, status) = (order.number.clone(), order.status);
            What::Order { number, status }
        }),
        Some(Trigger::ShipmentChanged { .. }) => parcel(facts).unwrap_or(What::Message),
        Some(Trigger::Unanswered { minutes }) => {
            let since = facts.conversation.as_ref().and_then(|known| known.waiting_since);
            What::Unanswered { minutes: *minutes, since: since.unwrap_or(Ms(0)) }
        }
        Some(Trigger::Timer { .. }) => What::Timer { rule_id: rule.id },
    }
}

/// How the customer's parcel stands.
fn parcel(facts: &Facts) -> Option<What> {
    let order = facts.order.as_ref()?;
    let parcel = current(&order.parcels)?;
    Some(What::Shipment { number: order.number.clone(), key: parcel.key.clone(), status: parcel.status })
}
