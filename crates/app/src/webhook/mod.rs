//! Outgoing webhooks: companies' own programs, and Zapier, Make and Pabbly, are told of what happens.
//!
//! Nothing of this stands in the way of what happens: [`follow`] reads the event log behind a place that each webhook
//! remembers, and stores a delivery for every event that somebody wants, once for event and webhook, in the transaction
//! that moves the place on. [`deliver`] brings them, one job a webhook; whoever dies between is followed by another who
//! goes on from what is stored. Rules send through the same deliveries ([`call`]).

pub(crate) mod call;
pub(crate) mod deliver;
mod events;
pub mod follow;
pub mod log;
pub mod manage;
pub mod payload;
pub mod sample;
pub mod view;

use crate::error::{Error, Result};
use crate::state::App;
use crate::vault::Place;
use rapport_connectors::Secret;
use rapport_connectors::webhook::SECRET_BYTES;
use rapport_core::time::DAY;
use rapport_core::{Ms, WorkspaceId};
use rapport_store::webhook::delivery::{WAITING, purge};
use rapport_store::webhook::{DeliveryRow, WebhookRow};
use rapport_store::{WriteTx, webhook};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// What is not found.
const NOUN: &str = "webhook";
/// Most webhooks of a workspace, without those that ended.
pub const MOST: usize = 50;
/// Most deliveries that wait for one webhook; what happens meanwhile waits in the event log, as far as it reaches back.
pub const WAITING_MOST: u64 = 20_000;
/// How long what was taken is kept, for people who look, and for replays. Milliseconds.
const TAKEN_KEEP_MS: i64 = 7 * DAY;
/// How long anything else is kept. Milliseconds.
const KEEP_MS: i64 = 30 * DAY;

/// A webhook's secrets, as they are sealed.
#[derive(Clone, Serialize, Deserialize)]
struct Keys {
    now: String,
    #[serde(default)]
    before: Option<String>,
}

/// Where a webhook's secrets stand.
fn place(id: Uuid) -> Place {
    Place::new("webhook", "secret", id)
}

/// A fresh secret.
fn fresh(app: &App) -> String {
    let mut bytes = [0; SECRET_BYTES];
    app.ids.fill(&mut bytes);
    rapport_connectors::webhook::secret(&bytes).expose().to_owned()
}

async fn seal(app: &App, workspace: WorkspaceId, id: Uuid, keys: &Keys) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(keys).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(app.key(workspace).await?.seal(place(id), &plain)?)
}

async fn open(app: &App, row: &WebhookRow) -> Result<Keys> {
    let plain = app.key(WorkspaceId(row.workspace_id)).await?.open(place(row.id), &row.secret)?;
    serde_json::from_slice(&plain)
        .map_err(|error| Error::Internal(format!("a webhook's secret is unreadable: {error}")))
}

/// The secrets that a delivery is signed with at `now`, the newest first.
async fn secrets(app: &App, row: &WebhookRow, now: Ms) -> Result<Vec<Secret>> {
    let keys = open(app, row).await?;
    let before = keys.before.filter(|_| row.secret_until.is_some_and(|until| now.0 < until));
    Ok([Some(keys.now), before].into_iter().flatten().map(Secret::new).collect())
}

/// A delivery to be stored.
struct New<'a> {
    webhook: Uuid,
    key: String,
    kind: &'a str,
    subject: Option<Uuid>,
    /// When it happened.
    at: Ms,
    data: Value,
}

/// The row of a delivery that is due at once: its body is written here, and every try sends these very bytes.
fn row(tx: &WriteTx, new: New<'_>, now: Ms) -> DeliveryRow {
    let id = tx.new_id(now);
    let body = json!({
        "id": id,
        "type": new.kind,
        "timestamp": new.at.to_string(),
        "workspace_id": tx.workspace().0,
        "data": new.data,
    });
    DeliveryRow {
        workspace_id: tx.workspace().0,
        id,
        webhook_id: new.webhook,
        event_key: new.key,
        kind: new.kind.to_owned(),
        subject: new.subject,
        body: body.to_string(),
        state: WAITING.to_owned(),
        attempts: 0,
        due_at: now.0,
        first_failed_at: None,
        tries: json!([]),
        created_at: now.0,
        settled_at: None,
    }
}

/// Tells whoever looks at webhooks that one stands elsewhere.
async fn told(tx: &WriteTx, id: Uuid, status: &str, at: Ms) -> Result<()> {
    let event = rapport_core::inbox::FeedEvent {
        kind: "webhook.updated",
        at,
        conversation_id: None,
        contact_id: None,
        message_id: None,
        data: json!({ "webhook_id": id, "status": status }),
    };
    Ok(rapport_store::feed::append(tx, &[event]).await?)
}

/// Removes what has served its time. How many deliveries; at least `limit` when more may be left.
///
/// # Errors
/// `Store`.
pub(crate) async fn clean(tx: &WriteTx, now: Ms, limit: u64) -> Result<u64> {
    let gone = purge(tx, now.plus(-TAKEN_KEEP_MS), now.plus(-KEEP_MS), limit).await?;
    webhook::purge_ended(tx, now.plus(-KEEP_MS)).await?;
    Ok(gone)
}
