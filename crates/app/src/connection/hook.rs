//! Webhooks of a CRM: hints which records to fetch again. Nothing they say is believed beyond that.

use super::secret::Secrets;
use crate::crm::{CONTACT, SyncSettings};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::{App, workspace_key};
use crate::vault::Place;
use rapport_connectors::crm::{Access, Hint, HookCall, HookOp, Vendor, vendor};
use rapport_core::matter::Object;
use rapport_core::{ConnectionId, WorkspaceId};
use rapport_store::connection::{self, PAUSED};
use rapport_store::{Read, job, link, matter};
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
    /// The headers of [`headers`], or all, that came exactly once; names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
}

/// The headers that prove who sent a delivery to a connection of this kind, empty where only the connection knows which;
/// `None` for a kind that does not exist.
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
    let signing = secrets.get(vendor.signing);
    let description = SyncSettings::read(&row.settings).said();
    let crm = (vendor.open)(&Access { base_url: row.base_url.clone(), credentials: secrets.0, description }, &[]);
    crm.verify(&[signing.expose()], &call, now).map_err(|error| {
        tracing::debug!(connection = %id, %error, "a CRM delivery was refused");
        Error::Unauthenticated
    })?;
    let hints = crm.hints(delivery.body).map_err(|error| Error::invalid("body", error.to_string()))?;
    if row.status == PAUSED {
        return Ok(0);
    }
    let news = news(&app.store.workspace(workspace).read(), id, vendor, &hints).await?;
    if news.is_empty() {
        return Ok(0);
    }
    let count = news.len();
    let job = |(object, remote_id): (&str, String)| Job::PullRecord {
        connection_id: id,
        object: object.to_owned(),
        remote_id,
    };
    let tx = app.store.workspace(workspace).write().await?;
    job::enqueue(&tx, news.into_iter().map(|one| job(one).row(now)).collect(), now).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(count)
}

/// Records that may have changed since we last saw them, each with what it is. Deals and cases that are not from here are
/// nobody's business.
async fn news(
    read: &Read,
    id: ConnectionId,
    vendor: &Vendor,
    hints: &[Hint],
) -> Result<BTreeSet<(&'static str, String)>> {
    let coarse = vendor.capabilities.resolution_ms > 1;
    let about = |object: Option<Object>| hints.iter().filter(move |hint| hint.object == object);
    let ids: Vec<String> = about(None).map(|hint| hint.id.clone()).collect();
    let links = link::by_remote(read, id, CONTACT, &ids).await?;
    let mut wanted = BTreeSet::new();
    for hint in about(None) {
        let seen = links.iter().find(|link| link.remote_id == hint.id).and_then(|link| link.remote_stamp.as_ref());
        if !is_old(hint, seen.and_then(|stamp| stamp.parse().ok()), coarse) {
            wanted.insert((CONTACT, hint.id.clone()));
        }
    }
    for object in vendor.capabilities.objects.iter().copied() {
        let ids: BTreeSet<String> = about(Some(object)).map(|hint| hint.id.clone()).collect();
        if ids.is_empty() {
            continue;
        }
        let rows = matter::by_remote(read, id, object.code(), ids).await?;
        for hint in about(Some(object)) {
            let row = rows.iter().find(|row| row.remote_id.as_ref() == Some(&hint.id));
            if row.is_some_and(|row| !is_old(hint, row.remote_at, coarse)) {
                wanted.insert((object.code(), hint.id.clone()));
            }
        }
    }
    Ok(wanted)
}

/// Our own write comes back as an event whose time is not after the stamp that the write gave the record. Whole seconds do
/// not tell: somebody else may have written in the same one.
fn is_old(hint: &Hint, seen: Option<i64>, coarse: bool) -> bool {
    let is_change = matches!(hint.op, HookOp::Changed { .. } | HookOp::Created);
    is_change && seen.zip(hint.at).is_some_and(|(seen, at)| at.0 < seen || (at.0 == seen && !coarse))
}
