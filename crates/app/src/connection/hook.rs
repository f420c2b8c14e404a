//! Webhooks of a CRM: hints which records to fetch again. Nothing they say is believed beyond that.

use super::secret::Secrets;
use crate::crm::CONTACT;
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::{App, workspace_key};
use crate::vault::Place;
use rapport_connectors::crm::{Hint, HookCall, HookOp, Vendor, vendor};
use rapport_core::{ConnectionId, WorkspaceId};
use rapport_store::connection::{self, PAUSED};
use rapport_store::{job, link};
use std::collections::BTreeSet;

/// A delivery as it came in.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// The kind of connection that is called.
    pub kind: &'a str,
    /// Path and query of the call, without host.
    pub path: &'a str,
    /// Raw body.
    pub body: &'a [u8],
    /// The headers of [`headers`] that came exactly once; names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
}

/// The headers that prove who sent a delivery to a connection of this kind; `None` for a kind that does not exist.
#[must_use]
pub fn headers(kind: &str) -> Option<&'static [&'static str]> {
    vendor(kind).map(|vendor| vendor.hook_headers)
}

/// Checks a delivery and notes which records to fetch. Answers how many there are.
///
/// # Errors
/// `NotFound` for an unknown connection, `Unauthenticated` when the signature does not fit, `Invalid` `body`, `Store`.
pub async fn receive(app: &App, id: ConnectionId, delivery: &Delivery<'_>) -> Result<usize> {
    let row = connection::find(&app.store, id).await?.ok_or(Error::NotFound("connection"))?;
    let vendor = vendor(&row.kind).filter(|vendor| vendor.kind == delivery.kind);
    let vendor = vendor.ok_or(Error::NotFound("connection"))?;
    let workspace = WorkspaceId(row.workspace_id);
    let key = workspace_key(&app.store, &app.vault, workspace).await?;
    let secrets = Secrets::read(&key.open(Place::new("connection", "secret", row.id), &row.secret)?)?;
    let uri = format!("{}{}", app.settings.public_url, delivery.path);
    let call = HookCall { method: "POST", uri: &uri, body: delivery.body, headers: delivery.headers };
    let now = app.now();
    (vendor.verify)(&[secrets.get(vendor.signing).expose()], &call, now).map_err(|error| {
        tracing::debug!(connection = %id, %error, "a CRM delivery was refused");
        Error::Unauthenticated
    })?;
    let hints = (vendor.hints)(delivery.body).map_err(|error| Error::invalid("body", error.to_string()))?;
    if row.status == PAUSED {
        return Ok(0);
    }
    let ids = news(app, workspace, id, vendor, &hints).await?;
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
async fn news(
    app: &App,
    workspace: WorkspaceId,
    id: ConnectionId,
    vendor: &Vendor,
    hints: &[Hint],
) -> Result<BTreeSet<String>> {
    let ids: Vec<String> = hints.iter().map(|hint| hint.id.clone()).collect();
    let read = app.store.workspace(workspace).read();
    let links = link::by_remote(&read, id, CONTACT, &ids).await?;
    let coarse = vendor.capabilities.resolution_ms > 1;
    let mut wanted = BTreeSet::new();
    for hint in hints {
        // Our own write comes back as an event whose time is not after the stamp that the write gave the record. Whole
        // seconds do not tell: somebody else may have written in the same one.
        if matches!(hint.op, HookOp::Changed { .. } | HookOp::Created) {
            let seen = links.iter().find(|link| link.remote_id == hint.id).and_then(|link| link.remote_stamp.as_ref());
            let seen: Option<i64> = seen.and_then(|stamp| stamp.parse().ok());
            if seen.zip(hint.at).is_some_and(|(seen, at)| at.0 < seen || (at.0 == seen && !coarse)) {
                continue;
            }
        }
        wanted.insert(hint.id.clone());
    }
    Ok(wanted)
}
