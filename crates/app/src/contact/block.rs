//! Blocking: the customer can neither write to a number nor be written to from it.

use super::view::ContactView;
use super::{NOUN, enter, list, told};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::channel::provider::{call, opened, refused};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_connectors::provider::Feature;
use rapport_connectors::whatsapp::blocks;
use rapport_core::{ChannelId, ContactId};
use rapport_store::Read;
use rapport_store::block::{self, BlockRow};
use rapport_store::query::contact_page;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// On which number.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockOn {
    /// The channel.
    pub channel_id: Uuid,
}

/// Blocks or unblocks a customer, at the provider first and then here: the guard refuses what is written to them.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` `provider_unavailable` and `no_address`, `Provider` with the reason (only who
/// wrote within 24 hours can be blocked), `Store`.
pub async fn set(app: &App, caller: &Caller, id: ContactId, on: BlockOn, blocked: bool) -> Result<ContactView> {
    caller.require(Permission::ContactWrite)?;
    let scope = app.store.workspace(caller.workspace);
    let contact = contact_page::get(&scope.read(), id).await?.ok_or(Error::NotFound(NOUN))?;
    let channel = opened(app, caller, ChannelId(on.channel_id)).await?;
    let user = address(&scope.read(), id, contact.phone).await?;
    let request = blocks::set(&channel.graph(Feature::Blocking)?, &channel.phone_number_id, &user, blocked);
    let answer = call(app, &channel, request).await?;
    blocks::read_set(&answer).map_err(|error| refused(&error))?;
    let now = app.now();
    let (tx, _) = enter(&scope, id).await?;
    let on = json!({ "channel_id": channel.id });
    let (action, change) = if blocked {
        let row = BlockRow {
            workspace_id: caller.workspace.0,
            contact_id: id.0,
            channel_id: channel.id.0,
            at: now.0,
            by_id: caller.actor_id(),
        };
        block::insert(&tx, row).await?;
        ("contact.blocked", Change { before: None, after: Some(on) })
    } else {
        block::delete(&tx, id, channel.id).await?;
        ("contact.unblocked", Change { before: Some(on), after: None })
    };
    record(&tx, now, caller, action, ("contact", id.0), change).await?;
    rapport_store::feed::append(&tx, &[told("contact.updated", id, now, &["blocked_on".to_owned()])]).await?;
    tx.commit().await?;
    app.feeds.wake();
    list::get(app, caller, id).await
}

/// By which id the provider knows them.
async fn address(read: &Read, id: ContactId, phone: Option<String>) -> Result<String> {
    let beside = contact_page::beside(read, &[id]).await?.remove(&id.0).unwrap_or_default();
    let of = |kind: &str| beside.identities.iter().find(|(known, _)| known == kind).map(|(_, value)| value.clone());
    let known = of("wa_id").or(phone).or_else(|| of("bsuid"));
    known.ok_or_else(|| Error::refused("no_address", "This contact has no WhatsApp id or phone number."))
}
