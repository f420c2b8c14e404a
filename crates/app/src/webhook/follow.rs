//! Follows the event log for webhooks: what somebody wants becomes a delivery, once for event and webhook.
//!
//! Each webhook remembers its place in the log. A piece of the log is read, and in one transaction the deliveries are
//! stored and the place moves on; of several nodes that do the same piece one does. Nobody wants anything: nothing is
//! stored, and after a while only the place. A webhook for which too much waits already is not read on for.

use super::events::{Heard, heard};
use super::{New, WAITING_MOST, row};
use crate::error::Result;
use crate::jobs::Job;
use crate::state::App;
use rapport_core::WorkspaceId;
use rapport_core::webhook::{Kind, on_channel};
use rapport_store::feed::{self, Cursor};
use rapport_store::webhook::{ACTIVE, WebhookRow, delivery};
use rapport_store::{Read, job, webhook};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// How often the log is looked at.
const POLL: Duration = Duration::from_millis(500);
/// Entries of one piece.
const PIECE: u64 = 200;
/// How often a place is written down when nothing of what passed was wanted.
const KEEP: Duration = Duration::from_secs(600);
/// Places kept in memory; far more than an installation has webhooks.
const AHEAD_MAX: usize = 10_000;

/// How far this process has read for each webhook beyond what is written down, and when that was written.
pub type Ahead = HashMap<Uuid, (Cursor, Instant)>;

/// Starts the follower; it ends when the app stops.
#[must_use]
pub fn start(app: &App) -> JoinHandle<()> {
    let app = app.clone();
    tokio::spawn(async move {
        let mut ahead = Ahead::new();
        while !app.shutdown.is_cancelled() {
            let more = match turn(&app, &mut ahead).await {
                Ok(more) => more,
                Err(error) => {
                    tracing::warn!(%error, "events for webhooks cannot be looked for now");
                    false
                }
            };
            if !more {
                let _ = app.shutdown.run_until_cancelled(tokio::time::sleep(POLL)).await;
            }
        }
    })
}

/// A piece of the log for every webhook. True when there may be more to read at once.
///
/// # Errors
/// `Store` when webhooks cannot be looked for. What goes wrong for one workspace is logged, and tried again.
pub async fn turn(app: &App, ahead: &mut Ahead) -> Result<bool> {
    let mut more = false;
    for workspace in webhook::listening(&app.store).await? {
        let began = Instant::now();
        match workspace_turn(app, workspace, ahead).await {
            Ok(again) => more |= again,
            Err(error) => tracing::warn!(workspace = %workspace, %error, "events for webhooks wait"),
        }
        app.pace.rest(began.elapsed(), Duration::ZERO).await;
    }
    Ok(more)
}

async fn workspace_turn(app: &App, workspace: WorkspaceId, ahead: &mut Ahead) -> Result<bool> {
    let read = app.store.workspace(workspace).read();
    let mut places: BTreeMap<Cursor, Vec<WebhookRow>> = BTreeMap::new();
    for row in webhook::list(&read).await? {
        // What only rules send to hears of nothing else.
        if row.status == ACTIVE && row.events.as_array().is_some_and(|events| !events.is_empty()) {
            let stored = Cursor::parse(&row.cursor)?;
            let at = ahead.get(&row.id).map_or(stored, |(at, _)| stored.max(*at));
            places.entry(at).or_default().push(row);
        }
    }
    if ahead.len() > AHEAD_MAX {
        ahead.clear();
    }
    let head = feed::head(&read).await?;
    let mut more = false;
    for (from, hooks) in places {
        more |= piece(app, &read, (from, head), hooks, ahead).await?;
    }
    Ok(more)
}

/// The kinds that a webhook is told of.
fn wants(row: &WebhookRow) -> BTreeSet<Kind> {
    row.events.as_array().into_iter().flatten().filter_map(Value::as_str).filter_map(Kind::parse).collect()
}

fn channels(row: &WebhookRow) -> Vec<Uuid> {
    row.channels.as_array().into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok()).collect()
}

/// Reads a piece behind `from` for the webhooks that stand there. `head`: where the log ended before.
async fn piece(
    app: &App,
    read: &Read,
    (from, head): (Cursor, Cursor),
    hooks: Vec<WebhookRow>,
    ahead: &mut Ahead,
) -> Result<bool> {
    let mut page = feed::after(read, from, PIECE).await?;
    if page.entries.is_empty() && !page.reset {
        if head <= from {
            return Ok(false);
        }
        // Nothing of this workspace up to there. Who is quiet must not stand where the log is forgotten.
        page.next = head;
    }
    let full = page.entries.len() as u64 == PIECE;
    let wanted: BTreeSet<Kind> = hooks.iter().flat_map(wants).collect();
    let events = heard(read, &page.entries, &wanted).await?;
    let of = |hook: &WebhookRow| -> Vec<usize> {
        let (kinds, channels) = (wants(hook), channels(hook));
        let fits = |event: &Heard| kinds.contains(&event.kind) && on_channel(&channels, event.channel);
        events.iter().enumerate().filter(|(_, event)| fits(event)).map(|(at, _)| at).collect()
    };
    let fitting: HashMap<Uuid, Vec<usize>> = hooks.iter().map(|hook| (hook.id, of(hook))).collect();
    let now = Instant::now();
    let due = |id: &Uuid| ahead.get(id).is_none_or(|(_, kept)| now.duration_since(*kept) >= KEEP);
    let keep = page.reset || fitting.values().any(|events| !events.is_empty()) || hooks.iter().any(|row| due(&row.id));
    if !keep {
        for hook in &hooks {
            ahead.entry(hook.id).and_modify(|(at, _)| *at = page.next);
        }
        return Ok(full);
    }
    let passed = store(app, read, (from, &page), &events, &fitting).await?;
    for hook in &hooks {
        if passed.contains(&hook.id) {
            ahead.insert(hook.id, (page.next, now));
        } else {
            // Another node was faster, or too much waits: what is written down decides.
            ahead.remove(&hook.id);
        }
    }
    Ok(full && !passed.is_empty())
}

/// Stores deliveries and the new place of the webhooks that still stand at `from` or before. Gives those.
async fn store(
    app: &App,
    read: &Read,
    (from, page): (Cursor, &feed::Page),
    events: &[Heard],
    fitting: &HashMap<Uuid, Vec<usize>>,
) -> Result<Vec<Uuid>> {
    let now = app.now();
    let tx = app.store.workspace(read.workspace()).write().await?;
    let (mut passed, mut rows, mut jobs) = (Vec::new(), Vec::new(), Vec::new());
    for hook in webhook::list_for_write(&tx).await? {
        let Some(own) = fitting.get(&hook.id) else { continue };
        if hook.status != ACTIVE || Cursor::parse(&hook.cursor)? > from {
            continue;
        }
        if !own.is_empty() && delivery::waiting(&tx, hook.id).await? >= WAITING_MOST {
            continue;
        }
        for event in own.iter().filter_map(|at| events.get(*at)) {
            let new = New {
                webhook: hook.id,
                key: event.key.clone(),
                kind: event.kind.code(),
                subject: event.subject,
                at: event.at,
                data: json!(event.data),
            };
            rows.push(row(&tx, new, now));
        }
        if !own.is_empty() {
            jobs.push(Job::Webhook { webhook_id: hook.id }.row(now));
        }
        passed.push(hook.id);
    }
    delivery::insert(&tx, rows).await?;
    // The log reaches back two days: who stood before that missed something, and is told so.
    webhook::told(&tx, &passed, &page.next.to_string(), page.reset.then_some(now)).await?;
    job::enqueue(&tx, jobs, now).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(passed)
}
