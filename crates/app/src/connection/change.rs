//! Renaming, pausing, repairing, resynchronising and removing a connection.

use super::add::{given, kinds, refused};
use super::described::{judged, stays, suffices};
use super::secret::Secrets;
use super::view::{ConnectionView, get};
use crate::audit::{self, record};
use crate::auth::{Caller, Permission};
use crate::crm::line::Line;
use crate::crm::open::told;
use crate::crm::poll::{Cursor, Stats, Writing};
use crate::crm::remote::Remote;
use crate::crm::{SyncSettings, open::Open};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use crate::vault::Place;
use rapport_connectors::crm::{Access, vendor};
use rapport_core::{ConnectionId, Ms};
use rapport_store::connection::{self, ACTIVE, Change, ConnectionRow, PAUSED};
use rapport_store::{WriteTx, job, sync_job};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// What is to change; what is left out stays.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionPatch {
    /// Name shown to people.
    pub name: Option<String>,
    /// `active` or `paused`.
    pub status: Option<String>,
    /// New credentials, by the names the connection's kind lists; they are tried before they are taken.
    pub credentials: BTreeMap<String, String>,
    /// Short for `credentials.access_token`.
    pub access_token: Option<String>,
    /// Short for `credentials.client_secret`.
    pub client_secret: Option<String>,
    /// Another description of a CRM that is described; it is tried before it is taken, and everything is read anew.
    #[schema(value_type = Option<Object>)]
    pub description: Option<serde_json::Value>,
    /// Whether records that are unknown here become contacts.
    pub import_new: Option<bool>,
    /// Time between two looks for changes, milliseconds (1,000 to 3,600,000).
    pub poll_ms: Option<i64>,
    /// Calls in ten seconds (1 to 1,000).
    pub calls_per_10s: Option<u32>,
}

impl ConnectionPatch {
    /// Names of the credentials that are replaced.
    fn replaced(&self) -> Vec<String> {
        given(&self.credentials, self.access_token.as_ref(), self.client_secret.as_ref()).into_keys().collect()
    }

    /// Whether calls are made with something new from now on.
    fn is_repair(&self, kind: &str) -> bool {
        let signing = vendor(kind).map_or("", |vendor| vendor.signing);
        self.description.is_some() || self.replaced().iter().any(|name| name != signing)
    }
}

/// Changes a connection. A token that is taken repairs a refused connection: what waited goes on.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid`, `Conflict` `stale`, `Store`.
pub async fn change(app: &App, caller: &Caller, id: ConnectionId, patch: ConnectionPatch) -> Result<ConnectionView> {
    caller.require(Permission::ConnectionManage)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = connection::get(&read, id).await?.ok_or(Error::NotFound("connection"))?;
    let name = patch.name.as_deref().map(|name| crate::account::name("name", name)).transpose()?;
    let mut settings = chosen(&row, &patch)?;
    let secret = sealed(app, caller, &row, &mut settings, &patch).await?;
    let status = match patch.status.as_deref() {
        None => patch.is_repair(&row.kind).then_some(ACTIVE).filter(|_| row.status != PAUSED),
        Some(ACTIVE) => Some(ACTIVE),
        Some(PAUSED) => Some(PAUSED),
        Some(_) => return Err(Error::invalid("status", "must be active or paused")),
    };
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let present = connection::get_for_write(&tx, id).await?.ok_or(Error::NotFound("connection"))?;
    if secret.is_some() && present.secret != row.secret {
        // A refresh token that was changed while these were tried would be lost.
        return Err(Error::conflict("stale", "The connection's credentials changed meanwhile; try again."));
    }
    let mut change = Change {
        name,
        secret,
        status: status.map(|status| (status.to_owned(), None)),
        settings: (settings != SyncSettings::read(&row.settings)).then(|| settings.write()),
        ..Change::default()
    };
    turn(&tx, &present, status, &mut change, now).await?;
    let before = json!({ "name": present.name, "status": present.status });
    let after = json!({
        "name": change.name.as_ref().unwrap_or(&present.name),
        "status": status.unwrap_or(&present.status),
        "credentials": patch.replaced(),
        "description": patch.description,
    });
    connection::change(&tx, id, change, now).await?;
    if patch.description.is_some() {
        afresh(&tx, &present, now).await?;
    }
    let noted = audit::Change { before: Some(before), after: Some(after) };
    record(&tx, now, caller, "connection.updated", ("connection", id.0), noted).await?;
    told(&tx, id, now).await?;
    tx.commit().await?;
    settled(app, id);
    get(app, caller, id).await
}

/// What follows from a change of status.
async fn turn(tx: &WriteTx, row: &ConnectionRow, status: Option<&str>, change: &mut Change, now: Ms) -> Result<()> {
    let id = ConnectionId(row.id);
    let mut stats = Stats::read(&row.stats);
    match status {
        Some(PAUSED) if row.status != PAUSED => {
            stats.paused_at = Some(now);
            change.stats = Some(stats.write());
        }
        Some(ACTIVE) => {
            if let (PAUSED, Some(since)) = (row.status.as_str(), stats.paused_at.take()) {
                // Nothing was noted while it was paused: whoever changed since then is brought over.
                let mut cursor: Cursor = serde_json::from_value(row.cursor.clone()).unwrap_or_default();
                if cursor
                    .writing
                    .as_ref()
                    .is_some_and(|writing| writing.done && writing.changed_since.is_none_or(|at| at <= since))
                {
                    cursor.writing = Some(Writing { changed_since: Some(since), ..Writing::default() });
                } else {
                    cursor.writing = None;
                }
                change.cursor = Some(json!(cursor));
                change.stats = Some(stats.write());
            }
            sync_job::wake(tx, id, now).await?;
            job::enqueue(tx, vec![Job::PollConnection { connection_id: id }.row(now)], now).await?;
        }
        _ => {}
    }
    Ok(())
}

fn chosen(row: &ConnectionRow, patch: &ConnectionPatch) -> Result<SyncSettings> {
    let mut settings = SyncSettings::read(&row.settings);
    settings.import_new = patch.import_new.unwrap_or(settings.import_new);
    if let Some(poll_ms) = patch.poll_ms {
        if !(1_000..=3_600_000).contains(&poll_ms) {
            return Err(Error::invalid("poll_ms", "must be 1000 to 3600000"));
        }
        settings.poll_ms = poll_ms;
        settings.poll_idle_ms = settings.poll_idle_ms.max(poll_ms);
    }
    if let Some(calls) = patch.calls_per_10s {
        if !(1..=1_000).contains(&calls) {
            return Err(Error::invalid("calls_per_10s", "must be 1 to 1000"));
        }
        settings.calls_per_10s = calls;
    }
    Ok(settings)
}

/// The credentials to store, when one was given. A new token, and another description, must be good for calls.
async fn sealed(
    app: &App,
    caller: &Caller,
    row: &ConnectionRow,
    settings: &mut SyncSettings,
    patch: &ConnectionPatch,
) -> Result<Option<Vec<u8>>> {
    let new = given(&patch.credentials, patch.access_token.as_ref(), patch.client_secret.as_ref());
    if new.is_empty() && patch.description.is_none() {
        return Ok(None);
    }
    let vendor = vendor(&row.kind).ok_or(Error::NotFound("connection"))?;
    let before = settings.said();
    if patch.description.is_some()
        && let Some(said) = judged(vendor, patch.description.as_ref())?
    {
        stays(before.as_deref(), &said, &new)?;
        *settings = settings.clone().described(&said, &row.base_url);
    }
    let key = app.key(caller.workspace).await?;
    let place = Place::new("connection", "secret", row.id);
    let mut secrets = Secrets::read(&key.open(place, &row.secret)?)?;
    secrets.take(vendor, &new)?;
    secrets.complete(vendor)?;
    let said = settings.said();
    suffices(said.as_deref(), &secrets)?;
    if patch.is_repair(&row.kind) {
        let access = Access { base_url: row.base_url.clone(), credentials: secrets.0.clone(), description: said };
        let line = Arc::new(Line::new(app.clock.clone()));
        let remote = Remote::new(vendor, &access, app.http.clone(), line, settings.clone(), &[]);
        let account = remote.account().await.map_err(|trouble| refused(&remote, &trouble))?;
        if patch.description.is_some() {
            settings.kinds = kinds(&remote.describe().await.map_err(|trouble| refused(&remote, &trouble))?);
            settings.record_url = account.record_url;
        }
        secrets.0 = remote.credentials(secrets.0).await?;
    }
    if new.is_empty() {
        return Ok(None);
    }
    Ok(Some(key.seal(place, &secrets.write()?)?))
}

/// Reads everything over there again and brings over whatever differs.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` `connection_paused`, `Store`.
pub async fn sync(app: &App, caller: &Caller, id: ConnectionId) -> Result<()> {
    caller.require(Permission::ConnectionManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = connection::get_for_write(&tx, id).await?.ok_or(Error::NotFound("connection"))?;
    if row.status == PAUSED {
        return Err(Error::refused("connection_paused", "The connection is paused; switch it on first."));
    }
    afresh(&tx, &row, now).await?;
    record(&tx, now, caller, "connection.synced", ("connection", id.0), audit::Change::default()).await?;
    tx.commit().await?;
    settled(app, id);
    Ok(())
}

/// Begins the synchronisation anew.
pub(super) async fn afresh(tx: &WriteTx, row: &ConnectionRow, now: Ms) -> Result<()> {
    let id = ConnectionId(row.id);
    let writing = Writing { changed_since: Some(Ms(0)), ..Writing::default() };
    let cursor = Cursor { writing: Some(writing), ..Cursor::default() };
    let old = Stats::read(&row.stats);
    let stats = Stats {
        phase: "reading".to_owned(),
        paused_at: old.paused_at,
        quota: old.quota,
        polled_at: old.polled_at,
        ..Stats::default()
    };
    let change = Change { cursor: Some(json!(cursor)), stats: Some(stats.write()), ..Change::default() };
    connection::change(tx, id, change, now).await?;
    sync_job::wake(tx, id, now).await?;
    job::enqueue(tx, vec![Job::PollConnection { connection_id: id }.row(now)], now).await?;
    told(tx, id, now).await
}

/// Removes a connection with its mappings and links. Contacts here and records there stay as they are.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn remove(app: &App, caller: &Caller, id: ConnectionId) -> Result<()> {
    caller.require(Permission::ConnectionManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = connection::get_for_write(&tx, id).await?.ok_or(Error::NotFound("connection"))?;
    connection::delete(&tx, id).await?;
    let change = audit::Change { before: Some(json!({ "kind": row.kind, "name": row.name })), after: None };
    record(&tx, now, caller, "connection.removed", ("connection", id.0), change).await?;
    told(&tx, id, now).await?;
    tx.commit().await?;
    settled(app, id);
    Ok(())
}

/// After a commit: what this process remembers is old, and workers have something to do.
pub(super) fn settled(app: &App, id: ConnectionId) {
    app.lines.forget(id);
    app.channels.forget();
    app.bells.jobs.ring();
    app.feeds.wake();
}

/// A connection ready for calls.
pub(super) async fn opened(app: &App, caller: &Caller, id: ConnectionId) -> Result<Open> {
    Open::load(app, caller.workspace, id).await?.ok_or(Error::NotFound("connection"))
}
