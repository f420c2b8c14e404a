//! Connections as they are shown, with figures of how they fare.

use crate::auth::{Caller, Permission};
use crate::crm::compare::Compared;
use crate::crm::poll::Stats;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::time::DAY;
use rapport_core::{ConnectionId, Ms};
use rapport_store::connection::{self, ConnectionRow};
use rapport_store::{Read, sync_job, sync_log};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A CRM or help desk kept in step.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Connection)]
pub struct ConnectionView {
    /// The connection.
    pub id: Uuid,
    /// One of the kinds of `GET /api/v1/connections/kinds`.
    pub kind: String,
    /// Name shown to people.
    pub name: String,
    /// Where its API is.
    pub base_url: String,
    /// `active`, `paused` or `error`.
    pub status: String,
    /// Why, and what to do, in a sentence.
    pub status_reason: Option<String>,
    /// Changes that wait to be brought over or fetched.
    pub backlog: i64,
    /// Changes that were given up until a person looks (dead letters).
    pub failed: i64,
    /// Last time both sides were known to be in step, milliseconds UTC.
    #[schema(value_type = Option<i64>)]
    pub last_sync_at: Option<Ms>,
    /// Age of the oldest waiting change; without one, the mean time from change to done of the last 24 hours.
    /// Milliseconds.
    pub lag_ms: Option<i64>,
    /// Share of the last 24 hours' changes that got through, 0 to 1; null when there were none.
    pub success_rate: Option<f64>,
    /// Where the CRM may deliver webhooks.
    pub webhook_url: String,
    /// How far the first synchronisation is.
    pub progress: Progress,
    /// What comparing contacts with their records found in the last day or two; null before anything was compared.
    pub compared: Option<Comparison>,
    /// Calls a day and what is left, as the CRM last said.
    #[schema(value_type = Option<Object>)]
    pub quota: Option<serde_json::Value>,
    /// When it was made, milliseconds UTC.
    #[schema(value_type = i64)]
    pub created_at: Ms,
}

/// Linked records that were compared with their contacts, field by field; each comes in its turn.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Comparison {
    /// The first of these comparisons, milliseconds UTC.
    #[schema(value_type = i64)]
    pub since: Ms,
    /// Records compared.
    pub records: u64,
    /// Of these, those that differed from what was known; they were put right.
    pub differed: u64,
    /// Of these, those that were not there any more; their contacts were let go.
    pub gone: u64,
    /// Of these, those that were not there, too many at once to be believed: another account, or a right that was taken
    /// away. Nothing was done about them.
    pub held_back: u64,
}

impl From<Compared> for Comparison {
    fn from(Compared { since, records, differed, gone, held_back }: Compared) -> Self {
        Self { since, records, differed, gone, held_back }
    }
}

/// How far the first synchronisation is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Progress {
    /// `reading` their records, `writing` ours, or `live`.
    pub phase: String,
    /// Records read over there.
    pub read: u64,
    /// Contacts made from them.
    pub created: u64,
    /// Contacts here that found their record.
    pub linked: u64,
    /// Contacts noted for bringing over.
    pub noted: u64,
}

/// The view of a row.
pub(super) async fn view(app: &App, read: &Read, row: ConnectionRow) -> Result<ConnectionView> {
    let (id, now) = (ConnectionId(row.id), app.now());
    let backlog = sync_job::backlog(read, id).await?;
    let health = sync_log::health(read, id, now.plus(-DAY)).await?;
    let stats = Stats::read(&row.stats);
    let all = health.done + health.failed;
    let phase = if stats.phase.is_empty() { "reading".to_owned() } else { stats.phase };
    Ok(ConnectionView {
        id: row.id,
        webhook_url: app.settings.webhook_url(&row.kind, row.id),
        kind: row.kind,
        name: row.name,
        base_url: row.base_url,
        status: row.status,
        status_reason: row.status_reason,
        backlog: backlog.waiting,
        failed: backlog.dead,
        last_sync_at: health.last_at.max(stats.polled_at),
        lag_ms: backlog.oldest.map(|at| now.since(at).max(0)).or(health.latency_ms),
        success_rate: (all > 0).then(|| health.done as f64 / all as f64),
        progress: Progress {
            phase,
            read: stats.read,
            created: stats.created,
            linked: stats.linked,
            noted: stats.noted,
        },
        compared: Compared::sum(&stats.compared).map(Comparison::from),
        quota: stats.quota,
        created_at: Ms(row.created_at),
    })
}

/// Every connection of the workspace, oldest first.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<ConnectionView>> {
    caller.require(Permission::ConnectionRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let mut views = Vec::new();
    for row in connection::list(&read).await? {
        views.push(view(app, &read, row).await?);
    }
    Ok(views)
}

/// One connection.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: ConnectionId) -> Result<ConnectionView> {
    caller.require(Permission::ConnectionRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = connection::get(&read, id).await?.ok_or(Error::NotFound("connection"))?;
    view(app, &read, row).await
}
