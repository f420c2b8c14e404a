//! An event's time has come: which rules run for it, and the first stretch of their steps.

use super::set::RuleSet;
use super::view::{Progress, stored};
use super::{act, facts, state};
use crate::error::Result;
use crate::jobs::Outcome;
use crate::state::App;
use rapport_core::rule::{Event, Heard, Known, Verdict, decide};
use rapport_core::{ContactId, ConversationId, Ms, WorkspaceId};
use rapport_store::rule::{self, RunRow};
use rapport_store::{Read, WriteTx};
use serde_json::json;
use uuid::Uuid;

/// Judges an event by the rules that wait as long as it did, and does what they say. A repeat of an interrupted try goes
/// on with the runs it finds.
///
/// # Errors
/// What the store said.
pub(crate) async fn run(app: &App, workspace: WorkspaceId, event: &Event) -> Result<Outcome> {
    let set = app.channels.newest_rules(workspace).await?;
    let scope = app.store.workspace(workspace);
    let read = scope.read();
    let begun = match begun(&read, event).await? {
        Some(begun) => begun,
        None => begin(app, &read, &set, event).await?,
    };
    for id in begun {
        act::go_on(app, workspace, id).await?;
    }
    Ok(Outcome::Done)
}

/// The runs of an earlier try; `None` when this is the first.
async fn begun(read: &Read, event: &Event) -> Result<Option<Vec<Uuid>>> {
    let Some(contact) = contact_of(read, event).await? else { return Ok(Some(Vec::new())) };
    let runs = rule::of_event(read, contact, &event.key).await?;
    // Rules that wait longer have a job of their own.
    let ours = |row: &RunRow| row.event["settle_ms"] == event.settle_ms;
    let runs: Vec<Uuid> = runs.into_iter().filter(ours).map(|row| row.id).collect();
    Ok((!runs.is_empty()).then_some(runs))
}

/// Whose event it is, also after a merge.
async fn contact_of(read: &Read, event: &Event) -> Result<Option<ContactId>> {
    if let Some(id) = event.conversation_id {
        let row = rapport_store::conversation::get(read, id).await?;
        return Ok(row.map(|row| ContactId(row.contact_id)));
    }
    let row = rapport_store::query::contact_page::kept(read, event.contact_id).await?;
    Ok(row.map(|row| ContactId(row.id)))
}

/// Decides, and stores what was decided. What does not run is written down without the lane's lock; what runs is decided
/// again inside it, where nothing else happens to the customer.
async fn begin(app: &App, read: &Read, set: &RuleSet, event: &Event) -> Result<Vec<Uuid>> {
    let Some(first) = decided(app, read, set, event).await? else { return Ok(Vec::new()) };
    let Some(contact) = contact_of(read, event).await? else { return Ok(Vec::new()) };
    let lane = match rapport_store::query::person::contact(read, contact).await? {
        Some(contact) => contact.lane,
        None => return Ok(Vec::new()),
    };
    let runs = first.iter().any(|(_, _, verdict)| verdict.refused.is_none());
    let tx = app.store.workspace(read.workspace()).write().await?;
    let judged = if runs {
        tx.lock_lane(lane).await?;
        decided(app, read, set, event).await?.unwrap_or_default()
    } else {
        first
    };
    let now = app.now();
    let rows: Vec<RunRow> =
        judged.iter().map(|(rule, place, verdict)| row(&tx, (contact, *place, event), rule, verdict, now)).collect();
    let (skipped, begun): (Vec<RunRow>, Vec<RunRow>) = rows.into_iter().partition(|row| row.state == state::SKIPPED);
    let ids = begun.iter().map(|row| row.id).collect();
    rule::insert_runs(&tx, begun).await?;
    let rules: Vec<Uuid> = skipped.iter().map(|row| row.rule_id).collect();
    rule::drop_skips(&tx, contact, &skip_key(contact), &rules).await?;
    rule::insert_runs(&tx, skipped).await?;
    tx.commit().await?;
    Ok(ids)
}

fn skip_key(contact: ContactId) -> String {
    format!("skip:{contact}")
}

/// The rules that listen, in their order, each with the conversation it is about and what was decided about it.
async fn decided<'a>(
    app: &App,
    read: &Read,
    set: &'a RuleSet,
    event: &Event,
) -> Result<Option<Vec<(&'a Known, Option<ConversationId>, Verdict)>>> {
    let now = app.now();
    let Some(facts) = facts::load(app, read, set, event, now).await? else { return Ok(None) };
    let heard = facts.message.as_ref().map_or_else(Heard::default, |message| message.heard.clone());
    let Some(listening) = set.listening(event, &heard).remove(&event.settle_ms) else { return Ok(None) };
    let verdicts = decide(&listening, &facts, event, now);
    // A rule that is not for everywhere stays where it was judged, though the customer may write elsewhere later.
    let newest = facts.conversation.as_ref().map(|known| known.id);
    let place = |rule: &Known| event.conversation_id.or(newest.filter(|_| rule.definition.is_scoped()));
    let of = |verdict: Verdict| {
        let rule = listening.iter().find(|rule| rule.id == verdict.rule_id)?;
        Some((*rule, place(rule), verdict))
    };
    Ok(Some(verdicts.into_iter().filter_map(of).collect()))
}

/// What is stored about one rule.
fn row(
    tx: &WriteTx,
    (contact, place, event): (ContactId, Option<ConversationId>, &Event),
    rule: &Known,
    verdict: &Verdict,
    now: Ms,
) -> RunRow {
    let runs = verdict.plan.as_ref();
    let progress = runs.map(|plan| Progress::of(plan.clone())).unwrap_or_default();
    RunRow {
        workspace_id: tx.workspace().0,
        id: tx.new_id(now),
        rule_id: rule.id,
        rule_version: rule.version,
        rule_name: rule.definition.name.clone(),
        contact_id: contact.0,
        conversation_id: place.map(|id| id.0),
        event_key: if runs.is_some() { event.key.clone() } else { skip_key(contact) },
        event: json!(event),
        state: if runs.is_some() { state::ACTING } else { state::SKIPPED }.to_owned(),
        reason: verdict.refused.map(|check| check.code().to_owned()),
        depth: i32::try_from(verdict.depth).unwrap_or(i32::MAX),
        shadow: i16::from(rule.shadow),
        checks: json!(verdict.checks),
        conditions: json!(verdict.conditions),
        steps: stored(&progress),
        wait_path: None,
        due_at: None,
        began_at: now.0,
        ended_at: runs.is_none().then_some(now.0),
        updated_at: now.0,
    }
}
