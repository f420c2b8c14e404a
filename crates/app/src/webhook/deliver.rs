//! Brings deliveries to webhooks: one job a webhook, which takes what is due.
//!
//! What is about the same conversation goes one after the other, the rest side by side. A try is written down before the
//! next of the same conversation is made, so that after a crash each delivery that was under way is made once more at most.
//! A target that fails again and again is asked by one delivery at a time, at growing distances, until it is back.

use super::{NOUN, secrets, told};
use crate::audit::{Change, record};
use crate::auth::Caller;
use crate::error::Result;
use crate::jobs::Outcome;
use crate::state::App;
use futures::{StreamExt, TryStreamExt};
use rapport_connectors::Secret;
use rapport_connectors::webhook::{Answer, Delivery, read as read_answer, request};
use rapport_core::time::{MINUTE, SECOND};
use rapport_core::webhook::{Next, STREAK, gives_up, next, rest};
use rapport_core::{Ms, WorkspaceId};
use rapport_store::webhook::delivery::{DEAD, DELIVERED, WAITING};
use rapport_store::webhook::{ACTIVE, DeliveryRow, ENDED, PAUSED, WebhookRow, delivery};
use rapport_store::{Read, webhook};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Deliveries of one round.
const ROUND: u64 = 48;
/// Conversations that are told about side by side.
const WIDTH: usize = 6;
/// After so long a job lets others come.
const LONG: Duration = Duration::from_secs(45);
/// A repeat that is nearer than this keeps what follows about the same conversation back. Milliseconds.
const NEAR: i64 = MINUTE;
/// Tries that are kept with a delivery.
const KEPT: usize = 20;

/// Where a round goes.
struct Target<'a> {
    app: &'a App,
    workspace: WorkspaceId,
    id: Uuid,
    url: String,
    secrets: Vec<Secret>,
    until: Instant,
    /// The webhook was switched off, or stands at another address: nothing more goes here.
    stop: AtomicBool,
}

impl<'a> Target<'a> {
    async fn open(app: &'a App, row: &WebhookRow, until: Instant) -> Result<Self> {
        let secrets = secrets(app, row, app.now()).await?;
        let (workspace, stop) = (WorkspaceId(row.workspace_id), AtomicBool::new(false));
        Ok(Self { app, workspace, id: row.id, url: row.url.clone(), secrets, until, stop })
    }

    /// Whether this is the webhook's target no more; from then on nothing more goes there.
    fn is_left(&self, hook: &WebhookRow) -> bool {
        let left = hook.status != ACTIVE || hook.url != self.url;
        self.stop.fetch_or(left, Ordering::Relaxed);
        left
    }
}

/// Brings what is due for a webhook.
///
/// # Errors
/// What the store said.
pub(crate) async fn run(app: &App, workspace: WorkspaceId, id: Uuid) -> Result<Outcome> {
    let until = Instant::now() + LONG;
    let read = app.store.workspace(workspace).read();
    loop {
        let Some(hook) = webhook::get(&read, id).await?.filter(|row| row.status == ACTIVE) else {
            return Ok(Outcome::Done);
        };
        let now = app.now();
        if let Some(at) = rests_until(&hook).filter(|at| now < *at) {
            return Ok(Outcome::Again { at });
        }
        let found = delivery::due(&read, id, now, ROUND).await?;
        if found.is_empty() {
            return Ok(match delivery::next_due(&read, id).await? {
                Some(at) => Outcome::Again { at: at.max(now.plus(SECOND)) },
                None => Outcome::Done,
            });
        }
        let mut due = hold_back(app, &read, id, found, now).await?;
        if hook.failures >= STREAK {
            due.truncate(1);
        }
        let target = Target::open(app, &hook, until).await?;
        let lines = futures::stream::iter(lines(due)).map(|line| bring_line(&target, line));
        lines.buffer_unordered(WIDTH).try_collect::<Vec<()>>().await?;
        if Instant::now() >= until {
            return Ok(Outcome::Again { at: app.now() });
        }
    }
}

/// Until when a target that failed often is left alone.
fn rests_until(hook: &WebhookRow) -> Option<Ms> {
    let tried = hook.tried_at.filter(|_| hook.failures >= STREAK)?;
    Some(Ms(tried).plus(rest(hook.failures)))
}

/// Puts off what came after a delivery about the same thing that is tried again soon, until that is; gives the others.
/// What is put off is not due, so it takes no place of others in the rounds between.
async fn hold_back(app: &App, read: &Read, webhook: Uuid, due: Vec<DeliveryRow>, now: Ms) -> Result<Vec<DeliveryRow>> {
    let subjects: BTreeSet<Uuid> = due.iter().filter_map(|row| row.subject).collect();
    let subjects: Vec<Uuid> = subjects.into_iter().collect();
    let held = delivery::held(read, webhook, &subjects, (now, now.plus(NEAR))).await?;
    if held.is_empty() {
        return Ok(due);
    }
    let ahead = |row: &DeliveryRow| held.iter().find(|held| row.subject == Some(held.subject) && held.id < row.id);
    let mut behind: BTreeMap<Ms, Vec<Uuid>> = BTreeMap::new();
    let mut free = Vec::new();
    for row in due {
        match ahead(&row) {
            Some(held) => behind.entry(held.due_at).or_default().push(row.id),
            None => free.push(row),
        }
    }
    if !behind.is_empty() {
        let tx = app.store.workspace(read.workspace()).write().await?;
        for (until, ids) in behind {
            delivery::put_off(&tx, &ids, until).await?;
        }
        tx.commit().await?;
    }
    Ok(free)
}

/// Deliveries by what they are about, each list in its order.
fn lines(due: Vec<DeliveryRow>) -> Vec<Vec<DeliveryRow>> {
    let mut lines: Vec<Vec<DeliveryRow>> = Vec::new();
    for row in due {
        let same =
            |line: &&mut Vec<DeliveryRow>| row.subject.is_some() && line.iter().any(|one| one.subject == row.subject);
        match lines.iter_mut().find(same) {
            Some(line) => line.push(row),
            None => lines.push(vec![row]),
        }
    }
    lines
}

/// Brings deliveries about one thing, one after the other. After one that failed the others wait with it, unless that
/// takes too long: an order that holds everything up for hours is none.
async fn bring_line(target: &Target<'_>, rows: Vec<DeliveryRow>) -> Result<()> {
    let mut rows = rows.into_iter();
    while let Some(row) = rows.next() {
        if Instant::now() >= target.until || target.stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        if let Some(at) = bring(target, &row, false).await? {
            if at.since(target.app.now()) <= NEAR {
                let behind: Vec<Uuid> = rows.map(|row| row.id).collect();
                let tx = target.app.store.workspace(target.workspace).write().await?;
                delivery::put_off(&tx, &behind, at).await?;
                tx.commit().await?;
            }
            return Ok(());
        }
    }
    Ok(())
}

/// A trial: made once, at once, whether or not the webhook is active.
///
/// # Errors
/// What the store said.
pub(super) async fn try_once(app: &App, hook: &WebhookRow, row: &DeliveryRow) -> Result<()> {
    let target = Target::open(app, hook, Instant::now() + LONG).await?;
    bring(&target, row, true).await.map(|_| ())
}

/// Makes one try and writes down what came of it. When the delivery is tried again, the moment.
async fn bring(target: &Target<'_>, row: &DeliveryRow, once: bool) -> Result<Option<Ms>> {
    let app = target.app;
    let (id, began) = (row.id.to_string(), app.now());
    let call = request(&target.url, Delivery { id: &id, body: &row.body, now: began }, &target.secrets);
    let answer = read_answer(&app.http.run(call).await);
    let now = app.now();
    let tx = app.store.workspace(target.workspace).write().await?;
    // The webhook first, as whoever removes one does.
    let hook = webhook::get_for_write(&tx, target.id).await?;
    let known = delivery::get_for_write(&tx, row.id).await?.filter(|row| row.state == WAITING);
    let (Some(mut hook), Some(mut row)) = (hook, known) else {
        // Removed, or brought by somebody else, meanwhile.
        tx.rollback().await?;
        return Ok(None);
    };
    let again = settle(&mut row, &answer, (began, now), once);
    if !once && target.is_left(&hook) && row.state != DELIVERED {
        // It was asked where nothing goes any more: that is no try. It waits for what comes of the webhook.
        tx.rollback().await?;
        return Ok(None);
    }
    delivery::update(&tx, row.clone()).await?;
    let before = hook.status.clone();
    if !once || row.state == DELIVERED {
        health(&mut hook, &answer, &row, now);
    }
    if hook.status != before {
        hook.updated_at = now.0;
        let after = json!({ "status": hook.status, "reason": hook.reason, "error": hook.error });
        let change = Change { before: Some(json!({ "status": before })), after: Some(after) };
        let action = format!("{NOUN}.{}", hook.status);
        record(&tx, now, &Caller::system(target.workspace), &action, (NOUN, hook.id), change).await?;
        told(&tx, hook.id, &hook.status, now).await?;
        target.is_left(&hook);
        tracing::warn!(webhook = %hook.id, status = hook.status, reason = hook.reason, "a webhook is told nothing any more");
    }
    webhook::update(&tx, hook).await?;
    tx.commit().await?;
    Ok(again)
}

/// What a try means for its delivery; when it is tried again, the moment.
fn settle(row: &mut DeliveryRow, answer: &Answer, (began, now): (Ms, Ms), once: bool) -> Option<Ms> {
    row.attempts += 1;
    let one = json!({
        "at": began,
        "ms": now.since(began),
        "status": answer.status,
        "code": answer.code,
        "detail": answer.detail,
        "answer": answer.text,
    });
    let mut tries: Vec<Value> = row.tries.as_array().cloned().unwrap_or_default();
    tries.push(one);
    row.tries = tries.split_off(tries.len().saturating_sub(KEPT)).into();
    let first = Ms(*row.first_failed_at.get_or_insert(now.0));
    let attempt = u32::try_from(row.attempts).unwrap_or(1);
    let state = match next(answer.fate, attempt, first, now) {
        Next::Done => {
            row.first_failed_at = None;
            DELIVERED
        }
        Next::At(at) if !once => {
            row.due_at = at.0;
            return Some(at);
        }
        Next::At(_) | Next::End | Next::Dead => DEAD,
    };
    state.clone_into(&mut row.state);
    row.settled_at = Some(now.0);
    None
}

/// What a try means for its webhook.
fn health(hook: &mut WebhookRow, answer: &Answer, row: &DeliveryRow, now: Ms) {
    hook.tried_at = Some(now.0);
    if row.state == DELIVERED {
        (hook.failures, hook.failing_since, hook.error) = (0, None, None);
        hook.delivered_at = Some(now.0);
        return;
    }
    hook.failures = hook.failures.saturating_add(1);
    let since = Ms(*hook.failing_since.get_or_insert(now.0));
    hook.error = Some(answer.status.map_or_else(|| answer.detail.clone(), |status| format!("HTTP {status}")));
    let (status, reason) = if answer.code == "gone" {
        (ENDED, "gone")
    } else if gives_up(Some(since), now) {
        (PAUSED, "failing")
    } else {
        return;
    };
    status.clone_into(&mut hook.status);
    hook.reason = Some(reason.to_owned());
}
