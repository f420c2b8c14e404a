//! Times of the day, and customers who wait already when a rule begins to listen.

use super::listen::row;
use super::set::known;
use crate::error::Result;
use crate::jobs::{Job, Outcome};
use crate::state::App;
use rapport_core::rule::listen::{timed, waiting};
use rapport_core::rule::{Definition, Timing, Trigger};
use rapport_core::time::DAY;
use rapport_core::{Ms, WorkspaceId};
use rapport_store::job::{NewJob, enqueue};
use rapport_store::rule::{self, RuleRow};
use rapport_store::{Read, WriteTx};
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// Conversations of one piece of a round.
const PIECE: u64 = 200;
/// A time that was missed for longer than this is over. Milliseconds.
const LATE: i64 = DAY;

/// Queues what a rule that listens from now on needs beside events: its times of the day, and a look at who waits.
///
/// # Errors
/// `Store`.
pub(crate) async fn listen(tx: &WriteTx, row: &RuleRow, definition: &Definition, zone: &str, now: Ms) -> Result<()> {
    if !row.enabled {
        return Ok(());
    }
    let mut jobs = Vec::new();
    if let Some(next) = timings(definition, zone).iter().filter_map(|(timing, _)| timing.around(now).1).min() {
        jobs.push(Job::RuleTimer { rule_id: row.id }.row_at(next));
    }
    if definition.when.iter().any(|trigger| matches!(trigger, Trigger::Unanswered { .. })) {
        jobs.push(Job::RuleWaiting { rule_id: row.id }.row_at(now));
    }
    Ok(enqueue(tx, jobs, now).await?)
}

/// The times of a rule, each with how old a conversation may be for it. Milliseconds.
fn timings(definition: &Definition, workspace: &str) -> Vec<(Timing, i64)> {
    let of = |trigger: &Trigger| match trigger {
        Trigger::Timer { at, days, zone, active_days } => {
            Some((Timing::new(at, days, zone, workspace)?, i64::from(*active_days) * DAY))
        }
        _ => None,
    };
    definition.when.iter().filter_map(of).collect()
}

/// A rule's time has come: an event for every customer it may concern, each once for each time.
///
/// # Errors
/// What the store said; the same again makes nothing twice.
pub(crate) async fn run(app: &App, workspace: WorkspaceId, id: Uuid) -> Result<Outcome> {
    let read = app.store.workspace(workspace).read();
    let Some(found) = rule::get(&read, id).await?.filter(|row| row.enabled) else { return Ok(Outcome::Done) };
    let changed = Ms(found.updated_at);
    let rule = known(found)?;
    let zone = crate::account::workspace::timezone(app, workspace).await?;
    let now = app.now();
    let mut next: Option<Ms> = None;
    for (timing, active) in timings(&rule.definition, &zone) {
        let (last, after) = timing.around(now);
        next = match (next, after) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        // What was to happen before the rule said so, or too long ago, does not.
        if let Some(last) = last.filter(|last| *last >= changed && now.since(*last) < LATE) {
            round(app, &read, id, last, now.plus(-active)).await?;
        }
    }
    Ok(next.map_or(Outcome::Done, |at| Outcome::Again { at }))
}

async fn round(app: &App, read: &Read, rule_id: Uuid, at: Ms, since: Ms) -> Result<()> {
    let (mut before, mut seen) = (None, HashSet::new());
    loop {
        let page = rule::active(read, since, before, PIECE).await?;
        let fresh = page.iter().filter(|known| seen.insert(known.contact_id));
        let jobs = fresh.map(|known| row(timed(rule_id, at, known), 0, app.now())).collect();
        keep(app, read, jobs).await?;
        before = page.last().map(|known| known.id.0);
        if page.len() < usize::try_from(PIECE).unwrap_or(usize::MAX) {
            return Ok(());
        }
    }
}

/// Customers who wait when a rule begins to listen are looked at in their time. Who has waited longer by then is left to
/// people: switching a rule on writes to nobody at once.
///
/// # Errors
/// What the store said; the same again makes nothing twice.
pub(crate) async fn wait(app: &App, workspace: WorkspaceId, id: Uuid) -> Result<Outcome> {
    let read = app.store.workspace(workspace).read();
    let Some(found) = rule::get(&read, id).await?.filter(|row| row.enabled) else { return Ok(Outcome::Done) };
    let rule = known(found)?;
    let times: BTreeSet<u32> = rule.definition.when.iter().filter_map(minutes).collect();
    let mut before = None;
    loop {
        let page = rule::waiting(&read, before, PIECE).await?;
        let now = app.now();
        let due = page.iter().flat_map(|known| waiting(known, &times)).filter(|(_, at)| *at > now);
        keep(app, &read, due.map(|(event, at)| row(event, 0, at)).collect()).await?;
        before = page.last().map(|known| known.id.0);
        if page.len() < usize::try_from(PIECE).unwrap_or(usize::MAX) {
            return Ok(Outcome::Done);
        }
    }
}

fn minutes(trigger: &Trigger) -> Option<u32> {
    match trigger {
        Trigger::Unanswered { minutes } => Some(*minutes),
        _ => None,
    }
}

async fn keep(app: &App, read: &Read, jobs: Vec<NewJob>) -> Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    let tx = app.store.workspace(read.workspace()).write().await?;
    enqueue(&tx, jobs, app.now()).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(())
}
