//! What happens is heard where it is written: in the same transaction it becomes jobs for the rules that listen.

use super::set::RuleSet;
use crate::contact::told as told_of;
use crate::error::Result;
use crate::jobs::Job;
use rapport_core::inbox::{Batch, FeedEvent};
use rapport_core::rule::listen::{happened, waits};
use rapport_core::rule::{Event, Heard, What};
use rapport_core::{ContactId, Ms};
use rapport_store::job::NewJob;
use rapport_store::{WriteTx, job};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// Hears what a batch changed in conversations. Returns how many jobs came of it; asks the database for nothing.
///
/// # Errors
/// `Store`.
pub(crate) async fn hear(tx: &WriteTx, rules: &RuleSet, batch: &Batch, now: Ms) -> Result<usize> {
    if rules.is_empty() {
        return Ok(0);
    }
    let mut jobs = Vec::new();
    // Each text is read once, however many rules there are, and not at all when none of them is woken by words.
    let lines: HashMap<_, _> = if rules.hears_messages() {
        batch.new_messages.iter().map(|line| (line.id, line)).collect()
    } else {
        HashMap::new()
    };
    for event in happened(batch) {
        let line = event.message_id.and_then(|id| lines.get(&id));
        let heard = line.map_or_else(Heard::default, |line| rules.woken(&line.content.text()));
        jobs.extend(due(rules, &event, &heard, now));
    }
    jobs.extend(waits(batch, rules.waits()).into_iter().map(|(event, at)| row(event, 0, at)));
    let count = jobs.len();
    job::enqueue(tx, jobs, now).await?;
    Ok(count)
}

/// Something about a contact that changed.
pub(crate) struct Changed<'a> {
    /// Whose.
    pub contact: ContactId,
    /// The fields, by the names synchronisation has for them.
    pub fields: &'a [String],
    /// The tags that were given.
    pub tags: Vec<String>,
    /// The rule that did it, when one did.
    pub cause: Option<Uuid>,
}

/// Hears what changed about a contact, and tells the log of the tags that were given. Returns how many jobs came of it.
///
/// # Errors
/// `Store`.
pub(crate) async fn changed(tx: &WriteTx, rules: &RuleSet, changed: Changed<'_>, now: Ms) -> Result<usize> {
    if !changed.tags.is_empty() {
        let data = json!({ "tags": changed.tags });
        let news = FeedEvent { data, ..told_of("contact.tagged", changed.contact, now, &[]) };
        rapport_store::feed::append(tx, &[news]).await?;
    }
    if rules.is_empty() {
        return Ok(0);
    }
    let event = |word: &str, what| Event {
        key: format!("{word}:{}", tx.new_id(now)),
        at: now,
        contact_id: changed.contact,
        conversation_id: None,
        message_id: None,
        settle_ms: 0,
        cause: changed.cause,
        what,
    };
    let mut events = Vec::new();
    if !changed.tags.is_empty() {
        events.push(event("tagged", What::Tagged { tags: changed.tags.clone() }));
    }
    let fields: Vec<String> = changed.fields.iter().filter(|name| *name != "fields.tags").cloned().collect();
    if !fields.is_empty() {
        events.push(event("changed", What::Changed { fields }));
    }
    told(tx, rules, &events, now).await
}

/// Hears what is no message. Returns how many jobs came of it.
///
/// # Errors
/// `Store`.
pub(crate) async fn told(tx: &WriteTx, rules: &RuleSet, events: &[Event], now: Ms) -> Result<usize> {
    let none = Heard::default();
    let jobs: Vec<NewJob> = events.iter().flat_map(|event| due(rules, event, &none, now)).collect();
    let count = jobs.len();
    job::enqueue(tx, jobs, now).await?;
    Ok(count)
}

fn due(rules: &RuleSet, event: &Event, heard: &Heard, now: Ms) -> Vec<NewJob> {
    let listening = rules.listening(event, heard);
    listening.into_keys().map(|settle| row(event.clone(), settle, now.plus(settle))).collect()
}

/// The job that judges an event.
pub(crate) fn row(event: Event, settle_ms: i64, at: Ms) -> NewJob {
    Job::RuleEvent { event: Box::new(Event { settle_ms, ..event }) }.row_at(at)
}
