//! Where the provider delivers, and pointing it here.

use super::Channel;
use super::account::told;
use super::provider::{call, managed, refused};
use super::view::row;
use crate::audit::{Change, record};
use crate::auth::Caller;
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use rapport_connectors::http::Request;
use rapport_connectors::provider::{Feature, Kind};
use rapport_connectors::whatsapp::ApiError;
use rapport_connectors::whatsapp::api::read_success;
use rapport_connectors::whatsapp::numbers::{self, Hooks, SubscribedApp};
use rapport_core::time::DAY;
use rapport_core::{ChannelId, Ms};
use rapport_store::WriteTx;
use rapport_store::counter;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// The provider's code for a callback that it could not verify.
const CALLBACK_REFUSED: i64 = 2_200;
/// Says among a channel's settings when its provider was told where to deliver; false: it has to be told again.
pub(super) const POINTED_AT: &str = "pointed_at";

/// An app that gets the account's events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SubscribedApp)]
pub struct AppView {
    /// Its id.
    pub id: String,
    /// Its name.
    #[schema(required)]
    pub name: Option<String>,
    /// Whether the channel's token belongs to it; null when the provider does not tell.
    #[schema(required)]
    pub own: Option<bool>,
    /// The account's callback that replaces the app's own.
    #[schema(required)]
    pub override_callback: Option<String>,
}

/// Where the provider delivers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Subscription)]
pub struct SubscriptionView {
    /// Where it should deliver to.
    pub here: String,
    /// Where it delivers messages to now; null when nothing is set.
    #[schema(required)]
    pub delivers_to: Option<String>,
    /// Whether that is here and the channel's app is subscribed.
    pub points_here: bool,
    /// Apps that get the account's events; empty = nobody does.
    pub apps: Vec<AppView>,
    /// The number's own callback: it wins over the others.
    #[schema(required)]
    pub number_callback: Option<String>,
    /// The account's callback: it wins over the app's.
    #[schema(required)]
    pub account_callback: Option<String>,
    /// The app's callback; templates and account news always go there.
    #[schema(required)]
    pub app_callback: Option<String>,
    /// When the provider last verified this address, milliseconds UTC.
    #[schema(required)]
    pub verified_at: Option<i64>,
    /// When the last delivery came, milliseconds UTC.
    #[schema(required)]
    pub last_event_at: Option<i64>,
    /// Deliveries refused for their signature since yesterday.
    pub refused_signatures: i64,
}

struct Found {
    apps: Vec<SubscribedApp>,
    own_app: Option<String>,
    hooks: Hooks,
}

impl Found {
    fn is_subscribed(&self) -> bool {
        match &self.own_app {
            Some(own) => self.apps.iter().any(|app| app.id == *own),
            None => !self.apps.is_empty(),
        }
    }
}

/// Asks the provider where it delivers.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` `provider_unavailable`, `Provider`, `Store`.
pub async fn read(app: &App, caller: &Caller, id: ChannelId) -> Result<SubscriptionView> {
    let channel = managed(app, caller, id).await?;
    if channel.provider != Kind::Meta {
        return elsewhere(app, caller, id).await;
    }
    let found = ask(app, &channel).await?;
    view(app, caller, id, found).await
}

/// Subscribes the channel's app to the account if it is not, and points the number here if it delivers elsewhere. The
/// provider verifies the address at once. Other numbers of the account stay as they are.
///
/// # Errors
/// The same; `Provider` with code 2200 when the provider cannot verify this address.
pub async fn point_here(app: &App, caller: &Caller, id: ChannelId) -> Result<SubscriptionView> {
    managed(app, caller, id).await?;
    // A provider that is told a secret here is told the newest, whichever node replaced it a moment ago.
    let channel = app.channels.newest(id).await?.ok_or(Error::NotFound("channel"))?;
    if let Some(request) = channel.access(&app.settings).point() {
        return point_other(app, caller, &channel, request).await;
    }
    let here = app.settings.webhook_url(super::add::WHATSAPP, id.0);
    let before = ask(app, &channel).await?;
    let api = channel.graph(Feature::Subscription)?;
    if !before.is_subscribed() {
        let answer = call(app, &channel, numbers::subscribe(&api, &channel.waba_id, None)).await?;
        read_success(&answer).map_err(|error| refused(&error))?;
    }
    if before.hooks.effective() != Some(here.as_str()) {
        let request = numbers::point(&api, &channel.phone_number_id, &here, &channel.secrets.verify_token);
        if let Err(error) = read_success(&call(app, &channel, request).await?) {
            if error.code == CALLBACK_REFUSED {
                remember(app, &channel, &error).await?;
            }
            return Err(refused(&error));
        }
    }
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let (was, is) = (json!({ "callback": before.hooks.effective() }), json!({ "callback": here }));
    let change = Change { before: Some(was), after: Some(is) };
    record(&tx, now, caller, "channel.subscribed", ("channel", id.0), change).await?;
    told(&tx, id, json!({ "subscribed": true }), now).await?;
    look_again(&tx, id, now).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    app.feeds.wake();
    // The provider's handshake came to our own door meanwhile.
    super::tally::flush(app).await;
    let after = ask(app, &channel).await?;
    view(app, caller, id, after).await
}

/// What was wrong may be repaired: the channel is looked at once more.
async fn look_again(tx: &WriteTx, id: ChannelId, now: Ms) -> Result<()> {
    Ok(rapport_store::job::enqueue(tx, vec![Job::RefreshChannel { channel_id: id }.row(now)], now).await?)
}

/// A provider that is told by one call where to deliver.
async fn point_other(app: &App, caller: &Caller, channel: &Channel, request: Request) -> Result<SubscriptionView> {
    let answer = call(app, channel, request).await?;
    channel.access(&app.settings).read_point(&answer).map_err(|error| refused(&error))?;
    let now = app.now();
    let here = app.settings.webhook_url(super::add::WHATSAPP, channel.id.0);
    let tx = app.store.workspace(caller.workspace).write().await?;
    if let Some(mut row) = rapport_store::channel::get_for_write(&tx, channel.id).await? {
        if !row.settings.is_object() {
            row.settings = json!({});
        }
        row.settings[POINTED_AT] = now.0.into();
        rapport_store::channel::update(&tx, row).await?;
    }
    let change = Change { before: None, after: Some(json!({ "callback": here })) };
    record(&tx, now, caller, "channel.subscribed", ("channel", channel.id.0), change).await?;
    told(&tx, channel.id, json!({ "subscribed": true }), now).await?;
    look_again(&tx, channel.id, now).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    app.feeds.wake();
    elsewhere(app, caller, channel.id).await
}

/// What is known where the provider cannot be asked: what came, and whether it was told.
async fn elsewhere(app: &App, caller: &Caller, id: ChannelId) -> Result<SubscriptionView> {
    let row = row(app, caller, id).await?;
    let here = app.settings.webhook_url(&row.kind, row.id);
    let pointed = &row.settings[POINTED_AT];
    let told = pointed.is_i64() || (pointed.is_null() && row.last_event_at.is_some());
    let found = Found { apps: Vec::new(), own_app: None, hooks: Hooks::default() };
    let known = view(app, caller, id, found).await?;
    Ok(SubscriptionView { points_here: told, delivers_to: told.then_some(here), ..known })
}

async fn ask(app: &App, channel: &Channel) -> Result<Found> {
    let api = channel.graph(Feature::Subscription)?;
    let (number, apps, token) = futures::join!(
        call(app, channel, numbers::get(&api, &channel.phone_number_id)),
        call(app, channel, numbers::subscribed_apps(&api, &channel.waba_id)),
        call(app, channel, numbers::debug_token(&api)),
    );
    let hooks = numbers::read_hooks(&number?).map_err(|error| refused(&error))?;
    let apps = numbers::read_subscribed_apps(&apps?).map_err(|error| refused(&error))?;
    // Gateways do not know this call; then any app counts.
    let own_app = token.ok().and_then(|answer| numbers::read_token(&answer).ok()).and_then(|token| token.app_id);
    Ok(Found { apps, own_app, hooks })
}

async fn view(app: &App, caller: &Caller, id: ChannelId, found: Found) -> Result<SubscriptionView> {
    let row = row(app, caller, id).await?;
    let here = app.settings.webhook_url(&row.kind, row.id);
    let read = app.store.workspace(caller.workspace).read();
    let sums = counter::sums(&read, Some(id), app.now().plus(-DAY).day()).await?;
    let delivers_to = found.hooks.effective().map(str::to_owned);
    let points_here = found.is_subscribed() && delivers_to.as_deref() == Some(here.as_str());
    let seen = |app: &SubscribedApp| AppView {
        own: found.own_app.as_ref().map(|own| *own == app.id),
        id: app.id.clone(),
        name: app.name.clone(),
        override_callback: app.override_callback.clone(),
    };
    Ok(SubscriptionView {
        apps: found.apps.iter().map(seen).collect(),
        here,
        delivers_to,
        points_here,
        number_callback: found.hooks.number,
        account_callback: found.hooks.account,
        app_callback: found.hooks.app,
        verified_at: row.settings["handshake_at"].as_i64(),
        last_event_at: row.last_event_at,
        refused_signatures: sums.get(counter::REFUSED_SIGNATURE).copied().unwrap_or(0),
    })
}

/// Keeps what the provider said about our address, for the doctor.
async fn remember(app: &App, channel: &Channel, error: &ApiError) -> Result<()> {
    let now = app.now();
    let tx = app.store.workspace(channel.workspace).write().await?;
    let Some(mut row) = rapport_store::channel::get_for_write(&tx, channel.id).await? else { return Ok(()) };
    if !row.settings.is_object() {
        row.settings = json!({});
    }
    row.settings["callback_refused"] = json!({ "at": now.0, "why": error.detail });
    rapport_store::channel::update(&tx, row).await?;
    Ok(tx.commit().await?)
}
