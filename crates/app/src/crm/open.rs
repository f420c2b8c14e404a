//! A connection made ready: credentials opened, choices and mappings read.

use super::CONTACT;
use super::credentials::opened;
use super::line::Line;
use super::remote::Remote;
use super::settings::SyncSettings;
use crate::error::{Error, Result};
use crate::jobs::Outcome;
use crate::state::App;
use rapport_connectors::Secret;
use rapport_connectors::crm::{Access, Trouble, vendor};
use rapport_core::inbox::FeedEvent;
use rapport_core::retry::{Class, Next, next};
use rapport_core::sync::{Direction, Kind, Mapping, Prefer};
use rapport_core::time::{MINUTE, SECOND};
use rapport_core::{ConnectionId, Ms, WorkspaceId};
use rapport_store::connection::{self, ACTIVE, Change, ConnectionRow, ERROR, PAUSED};
use rapport_store::mapping::MappingRow;
use rapport_store::{WriteTx, sync_job};
use serde_json::{Value, json};
use std::sync::Arc;

/// A connection ready for use.
pub(crate) struct Open {
    pub workspace: WorkspaceId,
    pub id: ConnectionId,
    pub row: ConnectionRow,
    pub settings: SyncSettings,
    pub mappings: Vec<Mapping>,
    pub remote: Remote,
    pub line: Arc<Line>,
    /// For local phone numbers.
    pub country: String,
    /// Proves what the other side tells of itself.
    pub hook_secret: Secret,
}

impl Open {
    /// Makes a connection ready; `None` when it is gone.
    pub(crate) async fn load(app: &App, workspace: WorkspaceId, id: ConnectionId) -> Result<Option<Self>> {
        let read = app.store.workspace(workspace).read();
        let Some(row) = connection::get(&read, id).await? else { return Ok(None) };
        let vendor = vendor(&row.kind)
            .ok_or_else(|| Error::Internal(format!("there is no connector for the kind {}", row.kind)))?;
        let settings = SyncSettings::read(&row.settings);
        let mappings = rapport_store::mapping::list(&read, id, CONTACT).await?;
        let mappings: Vec<Mapping> = mappings.into_iter().filter_map(|row| mapping(row, &settings)).collect();
        let country = rapport_store::workspace::get(&read).await?.map(|row| row.default_country).unwrap_or_default();
        let secrets = opened(&app.key(workspace).await?, &row)?;
        let line = app.lines.of(id);
        let fields: Vec<String> = mappings.iter().filter(|m| m.enabled).map(|m| m.remote_field.clone()).collect();
        let access = Access { base_url: row.base_url.clone(), credentials: secrets.0, description: settings.said() };
        let hook_secret = access.get(vendor.signing);
        let remote = Remote::new(vendor, &access, app.http.clone(), line.clone(), settings.clone(), &fields)
            .stored(app, workspace, id);
        Ok(Some(Self { workspace, id, row, settings, mappings, remote, line, country, hook_secret }))
    }

    /// What becomes of work while the connection is not in use. What repairs or resumes it wakes its jobs; this is for the
    /// case that nobody did.
    pub(crate) fn waits(&self, now: Ms) -> Option<Outcome> {
        let pause = match self.row.status.as_str() {
            ACTIVE => return None,
            PAUSED => 60 * MINUTE,
            _ => 5 * MINUTE,
        };
        Some(Outcome::Again { at: now.plus(pause) })
    }

    /// What the other side is called in logs and audit.
    pub(crate) fn source(&self) -> String {
        self.row.kind.clone()
    }

    /// What people call the other side.
    pub(crate) fn vendor_name(&self) -> &'static str {
        self.remote.vendor().name
    }

    /// What becomes of work that met trouble. When the connection itself is refused, it says so from now on, and the
    /// work waits for the repair.
    pub(crate) async fn outcome(&self, app: &App, trouble: &Trouble, attempt: i32, first: Ms) -> Result<Outcome> {
        let now = app.now();
        if let Some(reason) = self.remote.repair(trouble) {
            self.refuse(app, &reason).await?;
        }
        let attempt = u32::try_from(attempt).unwrap_or(1);
        Ok(match next(Class::CrmPush, trouble.fault(now), attempt, first, now) {
            Next::Retry { at, counts: true } => Outcome::Retry { at, error: trouble.to_string() },
            Next::Retry { at, counts: false } => Outcome::Again { at },
            // Waking comes with the repair; this is only for one that nobody told us of.
            Next::Pause | Next::AwaitProof => Outcome::Again { at: now.plus(5 * MINUTE) },
            Next::Dead => Outcome::Dead { error: trouble.to_string() },
        })
    }

    /// The connection needs a person: it says why.
    pub(crate) async fn refuse(&self, app: &App, reason: &str) -> Result<()> {
        if self.row.status == ERROR && self.row.status_reason.as_deref() == Some(reason) {
            return Ok(());
        }
        let now = app.now();
        let tx = app.store.workspace(self.workspace).write().await?;
        // A person may have paused or repaired it meanwhile: then this is old news.
        let is_same = connection::get_for_write(&tx, self.id)
            .await?
            .is_some_and(|row| row.status != connection::PAUSED && row.secret == self.row.secret);
        if is_same {
            set_status(&tx, self.id, ERROR, Some(reason), now).await?;
            tx.commit().await?;
            app.feeds.wake();
        }
        Ok(())
    }

    /// The other side takes our token again: everything that waited goes on.
    pub(crate) async fn recover(&self, app: &App) -> Result<()> {
        let now = app.now();
        let tx = app.store.workspace(self.workspace).write().await?;
        if connection::get_for_write(&tx, self.id).await?.is_some_and(|row| row.status == ERROR) {
            set_status(&tx, self.id, ACTIVE, None, now).await?;
        }
        sync_job::wake(&tx, self.id, now).await?;
        tx.commit().await?;
        app.feeds.wake();
        app.bells.jobs.ring();
        Ok(())
    }
}

/// Writes a status and tells listeners.
pub(crate) async fn set_status(
    tx: &WriteTx,
    id: ConnectionId,
    status: &str,
    reason: Option<&str>,
    now: Ms,
) -> Result<()> {
    let status = Some((status.to_owned(), reason.map(str::to_owned)));
    connection::change(tx, id, Change { status, ..Change::default() }, now).await?;
    told(tx, id, now).await
}

/// Tells listeners that a connection changed.
pub(crate) async fn told(tx: &WriteTx, id: ConnectionId, now: Ms) -> Result<()> {
    let event = FeedEvent {
        kind: "connection.updated",
        at: now,
        conversation_id: None,
        contact_id: None,
        message_id: None,
        data: json!({ "connection_id": id }),
    };
    Ok(rapport_store::feed::append(tx, &[event]).await?)
}

fn mapping(row: MappingRow, settings: &SyncSettings) -> Option<Mapping> {
    Some(Mapping {
        kind: kind_of(&row.local_field, &row.remote_field, settings),
        direction: Direction::parse(&row.direction)?,
        prefer: Prefer::parse(&row.prefer).unwrap_or_default(),
        default_value: row.default_value.map(Value::from),
        enabled: row.enabled,
        local_field: row.local_field,
        remote_field: row.remote_field,
    })
}

/// What a mapped field holds: our own fields are known, for the rest the other side's word counts.
pub(crate) fn kind_of(local: &str, remote: &str, settings: &SyncSettings) -> Kind {
    match local {
        "phone" => Kind::Phone,
        "email" => Kind::Email,
        _ => settings.kinds.get(remote).copied().unwrap_or_default(),
    }
}

/// A short pause between two looks at a connection that is in use elsewhere.
pub(crate) fn shortly(now: Ms) -> Outcome {
    Outcome::Again { at: now.plus(SECOND) }
}
