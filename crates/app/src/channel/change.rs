//! Changing and disconnecting a number.

use super::account::told;
use super::add;
use super::calls;
use super::credentials;
use super::number::{self, NoProbe, Probe};
use super::secret::{self, Secrets};
use super::subscription::POINTED_AT;
use super::view::{ChannelView, DISCONNECTED};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::doctor::channel as doctor;
use crate::error::{Error, Result};
use crate::state::App;
use crate::vault::Place;
use rapport_connectors::provider::Kind;
use rapport_connectors::whatsapp::numbers;
use rapport_core::guard::Priority;
use rapport_core::{ChannelId, Ms};
use rapport_store::channel::ChannelRow;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// What may be changed about a channel; what is left out stays.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelPatch {
    /// Name shown to people.
    pub name: Option<String>,
    /// `active` or `paused`: whether it sends. It receives in any case.
    pub status: Option<Switch>,
    /// The shop's own limit of messages a day; null = none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub daily_limit: Option<Option<i64>>,
    /// A new access token, API key, auth token or access key; tried at the provider first, used from the next call on.
    /// Also ends the state `error`.
    pub access_token: Option<String>,
    /// A new app secret, webhook secret, signing key or shared secret. The one before stays valid for seven days, so that
    /// nothing is lost while the provider changes over.
    pub app_secret: Option<String>,
    /// True: only the newest app secret stays valid, at once.
    pub retire_previous_app_secret: Option<bool>,
    /// A new verify token.
    pub verify_token: Option<String>,
    /// Another address of the provider's API.
    pub base_url: Option<String>,
}

/// Whether a channel sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// It sends.
    Active,
    /// Messages wait.
    Paused,
}

/// Tells null from left out.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Changes a channel.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (also for a token that the provider does not accept), `Refused`
/// `provider_unavailable` when a new token cannot be tried, `Store`, `Vault`.
pub async fn update(app: &App, caller: &Caller, id: ChannelId, patch: ChannelPatch) -> Result<ChannelView> {
    caller.require(Permission::ChannelManage)?;
    let probe = match &patch.access_token {
        Some(token) => Some(try_token(app, caller, id, token, patch.base_url.as_deref()).await?),
        None => None,
    };
    let key = app.key(caller.workspace).await?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = rapport_store::channel::get_for_write(&tx, id).await?;
    let mut row = row.filter(|row| row.status != DISCONNECTED).ok_or(Error::NotFound("channel"))?;
    let before = ChannelView::of(&row, &app.settings, now);
    let place = Place::new("channel", "secret", row.id);
    let mut secrets = Secrets::read(&key.open(place, &row.secret)?)?;
    secrets.forget_expired(&row.settings, now);
    let provider = Kind::parse(&row.provider).unwrap_or_default();
    let replaced = replace(&mut secrets, &mut row.settings, provider, &patch, now)?;
    if !replaced.is_empty() {
        row.secret = key.seal(place, &secrets.write()?)?;
    }
    apply(app, &mut row, patch, now)?;
    if let Some(probe) = probe {
        number::settle_name(&app.store.workspace(caller.workspace).read(), &mut row).await?;
        number::note(&mut row, &Ok(probe), now);
    }
    row.updated_at = now.0;
    let after = ChannelView::of(&row, &app.settings, now);
    rapport_store::channel::update(&tx, row).await?;
    let change = Change { before: Some(json!(before)), after: Some(json!({ "channel": after, "replaced": replaced })) };
    record(&tx, now, caller, "channel.updated", ("channel", id.0), change).await?;
    told(&tx, id, json!({ "status": after.status }), now).await?;
    // What was wrong may be repaired: it is looked at once more.
    add::follow_up(&tx, id, now, now).await?;
    tx.commit().await?;
    app.channels.forget();
    app.bells.jobs.ring();
    app.bells.send.ring();
    app.feeds.wake();
    Ok(after)
}

/// Tries a new token at the provider before the old one is dropped; tells what the provider said of the number.
async fn try_token(app: &App, caller: &Caller, id: ChannelId, token: &str, base: Option<&str>) -> Result<Probe> {
    let row = super::view::row(app, caller, id).await?;
    let channel = app.channels.get(id).await?.ok_or(Error::NotFound("channel"))?;
    let token = add::secret("access_token", token)?;
    let base_url = add::base_url(app, channel.provider, Some(base.unwrap_or(&row.base_url)))?;
    let mut provider = channel.access(&app.settings);
    (provider.token, provider.base_url) = (token, base_url);
    let kept = "The old one stays in use.";
    let probe = match number::probe(app, &channel, &provider).await {
        Ok(probe) => probe,
        Err(NoProbe::Token(why)) => {
            return Err(Error::invalid("access_token", format!("is not accepted by the provider: {why}. {kept}")));
        }
        Err(NoProbe::Refused(why)) => {
            return Err(Error::invalid("access_token", format!("does not reach this number: {why}. {kept}")));
        }
        Err(NoProbe::Unreachable(why) | NoProbe::NoCall { why, .. }) => {
            let detail = format!("The new token could not be tried: {why}. {kept}");
            return Err(Error::refused("provider_unavailable", detail));
        }
    };
    // Only Meta tells scopes, and not every stand-in for it; otherwise what the probe said counts.
    let Some(api) = provider.graph() else { return Ok(probe) };
    let request = numbers::debug_token(&api).with_timeout(number::PATIENCE);
    let told = calls::run(app, &channel, Priority::Reply, request).await;
    let Some(info) = told.ok().and_then(|answer| numbers::read_token(&answer).ok()) else { return Ok(probe) };
    let missing = doctor::missing_scopes(&info);
    if missing.is_empty() {
        return Ok(probe);
    }
    Err(Error::invalid("access_token", format!("lacks the permission {}. {kept}", missing.join(", "))))
}

/// Puts new secrets in place of old ones; says which, for the audit log.
fn replace(
    secrets: &mut Secrets,
    settings: &mut Value,
    provider: Kind,
    patch: &ChannelPatch,
    now: Ms,
) -> Result<Vec<&'static str>> {
    let mut replaced = Vec::new();
    let mut signs_anew = false;
    if patch.verify_token.is_some() && provider != Kind::Meta {
        return Err(Error::invalid("verify_token", "belongs to numbers that are reached through Meta"));
    }
    if let Some(token) = &patch.access_token {
        secrets.access_token = add::secret("access_token", token)?;
        if provider == Kind::Twilio {
            signs_anew |= secrets.sign_with(secrets.access_token.clone(), now);
        }
        replaced.push("access_token");
    }
    if let Some(secret) = &patch.app_secret {
        signs_anew |= secrets.sign_with(credentials::signing(provider, secret)?, now);
        replaced.push("app_secret");
    }
    if patch.retire_previous_app_secret == Some(true) {
        secrets.retire_previous();
        signs_anew = true;
        replaced.push("previous_app_secret");
    }
    if signs_anew {
        secret::keep_previous(settings, secrets, now);
        if provider == Kind::Dialog360 && patch.app_secret.is_some() {
            // It sends the one before until it is told.
            settings[POINTED_AT] = false.into();
        }
    }
    if let Some(token) = &patch.verify_token {
        secrets.verify_token = add::secret("verify_token", token)?;
        replaced.push("verify_token");
    }
    Ok(replaced)
}

fn apply(app: &App, row: &mut ChannelRow, patch: ChannelPatch, now: Ms) -> Result<()> {
    if let Some(name) = patch.name {
        row.name = crate::account::name("name", &name)?;
        number::named(row);
    }
    if let Some(limit) = patch.daily_limit {
        if limit.is_some_and(|limit| !(1..=10_000_000).contains(&limit)) {
            return Err(Error::invalid("daily_limit", "must be 1 to 10000000, or null for none"));
        }
        row.daily_limit = limit;
    }
    if let Some(url) = patch.base_url {
        let provider = Kind::parse(&row.provider).unwrap_or_default();
        row.base_url = add::base_url(app, provider, Some(&url))?;
    }
    if patch.access_token.is_some() {
        row.token_set_at = now.0;
    }
    // Calls to a gateway are signed with the secret.
    if patch.access_token.is_some() || (patch.app_secret.is_some() && row.provider == Kind::Gateway.code()) {
        row.last_error = None;
        if row.status == "error" {
            activate(row);
        }
    }
    match patch.status {
        Some(Switch::Active) => activate(row),
        Some(Switch::Paused) => {
            row.status = "paused".to_owned();
            row.status_reason = None;
        }
        None => {}
    }
    Ok(())
}

fn activate(row: &mut ChannelRow) {
    row.status = "active".to_owned();
    row.status_reason = None;
}

/// Disconnects a channel: it neither receives nor sends any more and its secrets are destroyed; campaigns over it rest.
/// Conversations stay; the same number may be added again and finds them.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`, `Vault`.
pub async fn disconnect(app: &App, caller: &Caller, id: ChannelId) -> Result<()> {
    caller.require(Permission::ChannelManage)?;
    let key = app.key(caller.workspace).await?;
    let now = app.now();
    let nothing = Secrets::new("".into(), None, "".into());
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = rapport_store::channel::get_for_write(&tx, id).await?;
    let mut row = row.filter(|row| row.status != DISCONNECTED).ok_or(Error::NotFound("channel"))?;
    let before = ChannelView::of(&row, &app.settings, now);
    row.secret = key.seal(Place::new("channel", "secret", row.id), &nothing.write()?)?;
    row.status = DISCONNECTED.to_owned();
    row.status_reason = None;
    row.updated_at = now.0;
    rapport_store::channel::update(&tx, row).await?;
    let change = Change { before: Some(json!(before)), after: None };
    record(&tx, now, caller, "channel.disconnected", ("channel", id.0), change).await?;
    told(&tx, id, json!({ "status": DISCONNECTED }), now).await?;
    crate::campaign::steps::halt(&tx, caller, id, now).await?;
    tx.commit().await?;
    app.channels.forget();
    app.bells.send.ring();
    app.feeds.wake();
    Ok(())
}
