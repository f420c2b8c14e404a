//! Connecting a number.

use super::account::told;
use super::blocked;
use super::credentials::{self, Credentials};
use super::number::{self, NAMELESS, NoProbe, Probe, USUAL_THROUGHPUT};
use super::view::{ChannelView, DISCONNECTED};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::doctor::{Finding, channel as doctor};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::route::number as numbered;
use crate::state::App;
use crate::vault::Place;
use rapport_connectors::Secret;
use rapport_connectors::provider::Kind;
use rapport_core::route::same_number;
use rapport_core::{ChannelId, Ms};
use rapport_store::WriteTx;
use rapport_store::channel::ChannelRow;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The kind of channel there is.
pub const WHATSAPP: &str = "whatsapp";

/// A number to be connected.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewChannel {
    /// `whatsapp`.
    #[schema(required)]
    pub kind: String,
    /// Who carries it: `meta` (left out = this), `dialog360`, `twilio`, `bird` or `gateway`.
    pub provider: Option<String>,
    /// Name shown to people; left out = the number's verified name.
    pub name: Option<String>,
    /// `meta`, `dialog360`: Meta's id of the number.
    pub phone_number_id: String,
    /// `meta`, `dialog360`: Meta's id of the account.
    pub waba_id: String,
    /// `meta`: permanent token of a system user with `whatsapp_business_messaging` and `whatsapp_business_management`.
    /// `gateway`: sent as bearer token beside the signature, if it wants one.
    pub access_token: String,
    /// `meta`: app secret (App Dashboard, Settings, Basic): proves that deliveries come from the provider.
    pub app_secret: String,
    /// `meta`: a text of your choice that the provider repeats when it verifies the webhook address.
    pub verify_token: String,
    /// `dialog360`: the number's API key.
    pub api_key: String,
    /// `dialog360`: a text of your choice, at least 16 characters, that it sends along with every delivery.
    pub webhook_secret: String,
    /// `twilio`: the account, `AC..`.
    pub account_sid: String,
    /// `twilio`: the account's auth token: calls the API and signs deliveries.
    pub auth_token: String,
    /// `twilio`, `gateway`: the number, internationally written.
    pub phone_number: String,
    /// `bird`: the workspace's id.
    pub workspace_id: String,
    /// `bird`: the channel's id there.
    pub bird_channel_id: String,
    /// `bird`: the access key.
    pub access_key: String,
    /// `bird`: the signing key of the webhook subscription.
    pub signing_key: String,
    /// `gateway`: signs calls and deliveries both ways, at least 16 characters.
    pub shared_secret: String,
    /// Where the provider's API is; left out = its own address. `gateway` needs it.
    pub base_url: Option<String>,
}

/// A channel as it is answered when it was added: with what is still to be done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AddedChannel {
    /// The channel.
    #[serde(flatten)]
    pub channel: ChannelView,
    /// What the provider said, and what is left to do.
    pub findings: Vec<Finding>,
}

/// Connects a number. Works while the provider cannot be reached: what is not known yet is read later. A number that
/// was disconnected before comes back with its conversations, also through another provider. A number that is connected
/// may be connected through another provider as well: one can stand by for the other.
///
/// # Errors
/// `Forbidden`, `Invalid`, `Conflict` `number_connected`, `Store`.
pub async fn add(app: &App, caller: &Caller, new: NewChannel) -> Result<AddedChannel> {
    caller.require(Permission::ChannelManage)?;
    let new = checked(app, new)?;
    refuse_connected(app, caller, &new.access).await?;
    let found = number::first_probe(app, &new.access.access(String::new())).await;
    let others = super::view::rows(app, caller).await?;

    let now = app.now();
    let key = app.key(caller.workspace).await?;
    let plain = new.access.secrets.write()?;
    let seal = |id: Uuid| key.seal(Place::new("channel", "secret", id), &plain);
    let tx = app.store.workspace(caller.workspace).write().await?;
    let known = rapport_store::channel::by_number_for_write(&tx, WHATSAPP, &new.access.phone_number_id).await?;
    let known = former(known, new.access.provider)?;
    let id = known.as_ref().map_or_else(|| tx.new_id(now), |row| row.id);
    let mut row = new_row(caller, &new, id, seal(id)?, &found, now);
    let findings = doctor::first(&row, &app.settings, &found, now);
    blocked::note(&mut row, &findings);
    let joins = others.iter().any(|other| same_number(numbered(other), numbered(&row)));
    if let Some(old) = known {
        row.created_at = old.created_at;
        rapport_store::channel::update(&tx, row.clone()).await?;
    } else {
        rapport_store::channel::insert(&tx, row.clone()).await.map_err(conflict)?;
    }
    let view = ChannelView::of(&row, &app.settings, now);
    let change = Change { before: None, after: Some(json!(view)) };
    record(&tx, now, caller, "channel.added", ("channel", view.id), change).await?;
    told(&tx, ChannelId(view.id), json!({ "added": true }), now).await?;
    // One more channel of a number that is connected: what conversations show of its window is looked at at once.
    let look = if joins { now } else { now.plus(rapport_core::time::HOUR) };
    follow_up(&tx, ChannelId(view.id), look, now).await?;
    tx.commit().await?;
    app.channels.forget();
    app.bells.jobs.ring();
    app.bells.send.ring();
    app.feeds.wake();
    Ok(AddedChannel { channel: view, findings })
}

/// The jobs a changed channel brings with it: its templates, and a look at it at `look`.
pub(super) async fn follow_up(tx: &WriteTx, id: ChannelId, look: Ms, now: Ms) -> Result<()> {
    let jobs =
        vec![Job::SyncTemplates { channel_id: id }.row(now), Job::RefreshChannel { channel_id: id }.row_at(look)];
    Ok(rapport_store::job::enqueue(tx, jobs, now).await?)
}

struct Checked {
    name: Option<String>,
    access: Credentials,
}

fn checked(app: &App, new: NewChannel) -> Result<Checked> {
    if new.kind != WHATSAPP {
        return Err(Error::invalid("kind", "must be whatsapp"));
    }
    let access = credentials::read(app, &new)?;
    Ok(Checked { name: new.name.map(|name| crate::account::name("name", &name)).transpose()?, access })
}

/// A secret as it can stand in a header: visible ASCII. What is pasted often has blanks around it.
pub(super) fn secret(field: &'static str, given: &str) -> Result<Secret> {
    let given = given.trim();
    if (1..=4_096).contains(&given.len()) && given.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(Secret::new(given));
    }
    Err(Error::invalid(field, "must have 1 to 4096 visible ASCII characters and no blanks"))
}

/// An address of the provider's API that calls would be made to.
pub(super) fn base_url(app: &App, provider: Kind, given: Option<&str>) -> Result<String> {
    let given = given.map(str::trim).filter(|url| !url.is_empty()).or(provider.default_base());
    let url =
        given.ok_or_else(|| Error::invalid("base_url", "is required: where the gateway is"))?.trim_end_matches('/');
    if url.len() > 500 || url.contains(['?', '#']) {
        return Err(Error::invalid("base_url", "must be an address without query, at most 500 characters"));
    }
    app.http.may_call(url).map_err(|why| Error::invalid("base_url", format!("cannot be used: {why}")))?;
    Ok(url.to_owned())
}

async fn refuse_connected(app: &App, caller: &Caller, access: &Credentials) -> Result<()> {
    let read = app.store.workspace(caller.workspace).read();
    let known = rapport_store::channel::by_number(&read, access.provider.code(), &access.phone_number_id).await?;
    if known.is_some_and(|row| row.status != DISCONNECTED) { Err(connected()) } else { Ok(()) }
}

/// Of the channels the number has or had, the one that comes back: the same provider's, else the newest of those that
/// were disconnected.
fn former(known: Vec<ChannelRow>, provider: Kind) -> Result<Option<ChannelRow>> {
    let same = known.iter().position(|row| row.provider == provider.code());
    let at = same.or_else(|| known.iter().rposition(|row| row.status == DISCONNECTED));
    match at.and_then(|at| known.into_iter().nth(at)) {
        Some(row) if row.status != DISCONNECTED => Err(connected()),
        found => Ok(found),
    }
}

fn connected() -> Error {
    Error::conflict("number_connected", "this number is connected already through this provider")
}

fn conflict(error: rapport_store::Error) -> Error {
    if error.is_conflict() { connected() } else { error.into() }
}

fn new_row(
    caller: &Caller,
    new: &Checked,
    id: Uuid,
    secret: Vec<u8>,
    found: &std::result::Result<Probe, NoProbe>,
    now: Ms,
) -> ChannelRow {
    let name = new.name.clone().unwrap_or_else(|| NAMELESS.to_owned());
    let mut row = ChannelRow {
        workspace_id: caller.workspace.0,
        id,
        kind: WHATSAPP.to_owned(),
        provider: new.access.provider.code().to_owned(),
        name: name.chars().take(100).collect(),
        phone_number_id: new.access.phone_number_id.clone(),
        waba_id: new.access.waba_id.clone(),
        portfolio_key: new.access.waba_id.clone(),
        display_phone: String::new(),
        base_url: new.access.base_url.clone(),
        secret,
        status: "active".to_owned(),
        status_reason: None,
        quality: "UNKNOWN".to_owned(),
        tier_limit: None,
        throughput: USUAL_THROUGHPUT,
        daily_limit: None,
        last_event_at: None,
        last_error: None,
        token_set_at: now.0,
        settings: json!({}),
        created_at: now.0,
        updated_at: now.0,
    };
    match new.name {
        None => number::nameless(&mut row),
        Some(_) => number::named(&mut row),
    }
    number::note(&mut row, found, now);
    row
}
