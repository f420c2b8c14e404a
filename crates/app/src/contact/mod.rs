//! Contacts: use cases about the person, not about one conversation.

pub mod block;
pub mod consent;
pub mod conversations;
pub mod create;
mod fields;
pub mod history;
pub mod likeness;
pub mod list;
pub mod may_send;
pub mod merge;
pub mod part;
pub mod update;
mod values;
pub mod view;

use crate::error::{Error, Result};
use crate::jobs::Job;
use rapport_core::contact::identity::{Identity, lookup_keys};
use rapport_core::inbox::FeedEvent;
use rapport_core::{ConnectionId, ContactId, Ms};
use rapport_store::contact::ContactRow;
use rapport_store::{Scope, WriteTx};
use serde_json::{Value, json};

/// What is not found.
const NOUN: &str = "contact";

/// A contact in the lock of its lane; its lane never changes.
pub(crate) async fn enter(scope: &Scope, id: ContactId) -> Result<(WriteTx, ContactRow)> {
    let known = rapport_store::query::contact_page::get(&scope.read(), id).await?.ok_or(Error::NotFound(NOUN))?;
    let tx = scope.write().await?;
    tx.lock_lane(u16::try_from(known.lane).unwrap_or(0)).await?;
    // Again, now that nobody else writes.
    let row = rapport_store::contact::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    Ok((tx, row))
}

/// Refuses an identity that leads to another contact, in any spelling.
async fn refuse_taken(tx: &WriteTx, identity: &Identity, own: Option<ContactId>) -> Result<()> {
    let keys = lookup_keys(std::slice::from_ref(identity));
    let owners = rapport_store::sync_contact::owners(tx, &keys).await?;
    let other = owners.into_iter().map(|(_, owner)| owner).find(|owner| Some(*owner) != own);
    match other {
        Some(id) => Err(taken(identity, id)),
        None => Ok(()),
    }
}

fn taken(identity: &Identity, id: ContactId) -> Error {
    let what = if identity.value.contains('@') { "e-mail address" } else { "phone number" };
    Error::Exists { code: "contact_exists", detail: format!("A contact with this {what} exists already."), id: id.0 }
}

/// Queues a contact for every CRM (asked for before the transaction), in the transaction that changed it.
pub(crate) async fn push(connections: &[ConnectionId], tx: &WriteTx, id: ContactId, now: Ms) -> Result<()> {
    let job = |connection| Job::PushContact { connection_id: connection, contact_id: id }.row(now);
    Ok(rapport_store::job::enqueue(tx, connections.iter().map(|id| job(*id)).collect(), now).await?)
}

/// An event for whoever listens.
pub(crate) fn told(kind: &'static str, id: ContactId, at: Ms, changed: &[String]) -> FeedEvent {
    let data: Value = if changed.is_empty() { json!({}) } else { json!({ "changed": changed }) };
    FeedEvent { kind, at, conversation_id: None, contact_id: Some(id), message_id: None, data }
}
