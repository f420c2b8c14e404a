//! Webhooks of a CRM: hints which records to fetch again. Nothing they say is believed beyond that.

use super::secret::Secrets;
use crate::crm::CONTACT;
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::{App, workspace_key};
use crate::vault::Place;
use rapport_connectors::hubspot::hook::{self, HookEvent, HookOp, HookRequest};
use rapport_core::{ConnectionId, WorkspaceId};
use rapport_store::connection::{self, PAUSED};
use rapport_store::{job, link};
use std::collections::BTreeSet;

/// A delivery as it came in.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// Path and query of the call, without host.
    pub path: &'a str,
    /// Raw body.
    pub body: &'a [u8],
    /// `X-HubSpot-Signature-v3`.
    pub signature: Option<&'a str>,
    /// `X-HubSpot-Request-Timestamp`.
    pub timestamp: Option<&'a str>,
}

/// Checks a delivery and notes which records to fetch. Answers how many there are.
///
/// # Errors
/// `NotFound` for an unknown connection, `Unauthenticated` when the signature does not fit, `Invalid` `body`, `Store`.
pub async fn receive(app: &App, id: ConnectionId, delivery: &Delivery<'_>) -> Result<usize> {
    let row = connection::find(&app.store, id).await?.ok_or(Error::NotFound("connection"))?;
    let workspace = WorkspaceId(row.workspace_id);
    let key = workspace_key(&app.store, &app.vault, workspace).await?;
    let secrets = Secrets::read(&key.open(Place::new("connection", "secret", row.id), &row.secret)?)?;
    let uri = format!("{}{}", app.settings.public_url, delivery.path);
    let request = HookRequest {
        method: "POST",
        uri: &uri,
        body: delivery.body,
        signature: delivery.signature,
        timestamp: delivery.timestamp,
    };
    let now = app.now();
    hook::verify(&[secrets.client_secret.expose()], &request, now).map_err(|error| {
        tracing::debug!(connection = %id, %error, "a CRM delivery was refused");
        Error::Unauthenticated
    })?;
    let events = hook::parse(delivery.body).map_err(|error| Error::invalid("body", error.to_string()))?;
    if row.status == PAUSED {
        return Ok(0);
    }
    let ids = news(app, workspace, id, &events).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let job = |remote_id: &String| Job::PullRecord {
        connection_id: id,
        object: CONTACT.to_owned(),
        remote_id: remote_id.clone(),
    };
    let tx = app.store.workspace(workspace).write().await?;
    job::enqueue(&tx, ids.iter().map(|remote| job(remote).row(now)).collect(), now).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(ids.len())
}

/// Records that may have changed since we last saw them.
async fn news(app: &App, workspace: WorkspaceId, id: ConnectionId, events: &[HookEvent]) -> Result<BTreeSet<String>> {
    let contacts: Vec<&HookEvent> =
        events.iter().filter(|event| event.kind == CONTACT && !matches!(event.op, HookOp::Other(_))).collect();
    let ids: Vec<String> = contacts.iter().map(|event| event.id.clone()).collect();
    let read = app.store.workspace(workspace).read();
    let links = link::by_remote(&read, id, CONTACT, &ids).await?;
    let mut wanted = BTreeSet::new();
    for event in contacts {
        match &event.op {
            HookOp::Merged { into, .. } => {
                wanted.insert(into.clone());
            }
            // Our own write comes back as an event whose time is not after the stamp that the write gave the record.
            HookOp::Changed { .. } | HookOp::Created => {
                let seen =
                    links.iter().find(|link| link.remote_id == event.id).and_then(|link| link.remote_stamp.as_ref());
                let seen: Option<i64> = seen.and_then(|stamp| stamp.parse().ok());
                if seen.zip(event.at).is_none_or(|(seen, at)| at.0 > seen) {
                    wanted.insert(event.id.clone());
                }
            }
            _ => {
                wanted.insert(event.id.clone());
            }
        }
    }
    Ok(wanted)
}
