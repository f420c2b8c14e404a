//! Webhooks: made, changed, given another secret, removed.

use super::payload::WebhookEvent;
use super::sample::sample;
use super::view::{CreatedWebhook, WebhookView, view};
use super::{Keys, MOST, NOUN, fresh, open, seal};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use rapport_connectors::http::Executor;
use rapport_core::time::MINUTE;
use rapport_core::webhook::Kind;
use rapport_core::{ChannelId, Ms};
use rapport_store::webhook::{ACTIVE, ENDED, PAUSED, WebhookRow, delivery};
use rapport_store::{Read, WriteTx, job, webhook};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Longest address.
const URL_MAX: usize = 2_000;
/// How long the secret before stays valid, when nothing else is said, and at most. Minutes.
const KEEP: u32 = 24 * 60;
const KEEP_MAX: u32 = 30 * 24 * 60;

/// A webhook to be made. Zapier, Make and Pabbly send `target_url` and `event`.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where it is told: an https address. `target_url` is the same.
    #[serde(alias = "target_url")]
    pub url: String,
    /// What it is called; left out = the address's host.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is told of: names such as `message.received`.
    #[serde(default)]
    pub events: Vec<String>,
    /// One more of them.
    #[serde(default)]
    pub event: Option<String>,
    /// The channels it is told about; left out = all. What happens on no channel is told always.
    #[serde(default)]
    pub channels: Vec<Uuid>,
}

/// What may be changed about a webhook; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookPatch {
    /// What it is called.
    pub name: Option<String>,
    /// Where it is told.
    pub url: Option<String>,
    /// What it is told of.
    pub events: Option<Vec<String>>,
    /// The channels it is told about; none = all.
    pub channels: Option<Vec<Uuid>>,
    /// `active` or `paused`. What happened meanwhile follows, as far as two days back.
    pub status: Option<WebhookStatus>,
}

/// What a person may make of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookStatus {
    /// It is told of what happens.
    Active,
    /// What happens waits.
    Paused,
}

/// Another secret.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhookSecret {
    /// For so many minutes deliveries are signed with the one before too, 0 to 43,200; left out = a day.
    pub keep_minutes: Option<u32>,
}

/// An event that webhooks can be told of.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookEventKind {
    /// Its name.
    pub name: String,
    /// An example of what is sent.
    pub sample: WebhookEvent,
}

/// Everything that webhooks can be told of.
///
/// # Errors
/// `Forbidden`.
pub fn kinds(caller: &Caller) -> Result<Vec<WebhookEventKind>> {
    caller.require(Permission::ConnectionManage)?;
    let kind = |kind: &Kind| Some(WebhookEventKind { name: kind.code().to_owned(), sample: sample(kind.code())? });
    Ok(Kind::ALL.iter().filter_map(kind).collect())
}

/// Examples of an event, in exactly the form in which it is sent.
///
/// # Errors
/// `Forbidden`, `NotFound`.
pub fn samples(caller: &Caller, event: &str) -> Result<Vec<WebhookEvent>> {
    caller.require(Permission::ConnectionManage)?;
    Ok(vec![sample(event).ok_or(Error::NotFound("event"))?])
}

/// The webhooks in the order they were made.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<WebhookView>> {
    caller.require(Permission::ConnectionManage)?;
    let read = app.store.workspace(caller.workspace).read();
    let counts = delivery::counts(&read).await?;
    let rows = webhook::list(&read).await?;
    let counted = |row: WebhookRow| {
        let counts = counts.get(&row.id).copied().unwrap_or_default();
        view(row, counts)
    };
    Ok(rows.into_iter().map(counted).collect())
}

/// One webhook.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<WebhookView> {
    caller.require(Permission::ConnectionManage)?;
    one(&app.store.workspace(caller.workspace).read(), id).await
}

async fn one(read: &Read, id: Uuid) -> Result<WebhookView> {
    let row = webhook::get(read, id).await?.ok_or(Error::NotFound(NOUN))?;
    let counts = delivery::counts(read).await?;
    Ok(view(row, counts.get(&id).copied().unwrap_or_default()))
}

/// Makes a webhook. Its secret is in the answer and never shown again.
///
/// # Errors
/// `Forbidden`, `Invalid` (naming the field), `Refused` (`too_many`), `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewWebhook) -> Result<CreatedWebhook> {
    caller.require(Permission::ConnectionManage)?;
    let events: Vec<String> = new.events.into_iter().chain(new.event).collect();
    let url = address(&app.http, &new.url)?;
    let events = events_of(events)?;
    let read = app.store.workspace(caller.workspace).read();
    channels_exist(&read, &new.channels).await?;
    let name = match new.name {
        Some(name) => crate::account::name("name", &name)?,
        None => host(&url),
    };
    // Before the transaction: what happens from now on is told.
    let cursor = rapport_store::feed::head(&read).await?.to_string();
    let now = app.now();
    let (id, secret) = (app.store.new_id(now), fresh(app));
    let sealed = seal(app, caller.workspace, id, &Keys { now: secret.clone(), before: None }).await?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    room(&tx).await?;
    let row = WebhookRow {
        events: json!(events),
        channels: json!(new.channels),
        ..bare((caller.workspace.0, id), (name, url), caller.actor_kind(), (sealed, cursor), now)
    };
    let made = view(row.clone(), (0, 0));
    webhook::insert(&tx, row).await?;
    record(&tx, now, caller, "webhook.created", (NOUN, id), Change { before: None, after: Some(json!(made)) }).await?;
    tx.commit().await?;
    Ok(CreatedWebhook { webhook: made, secret })
}

/// A webhook that hears of nothing yet.
pub(super) fn bare(
    (workspace_id, id): (Uuid, Uuid),
    (name, url): (String, String),
    made_by: &str,
    (secret, cursor): (Vec<u8>, String),
    now: Ms,
) -> WebhookRow {
    WebhookRow {
        workspace_id,
        id,
        name,
        url,
        secret,
        secret_until: None,
        events: json!([]),
        channels: json!([]),
        status: ACTIVE.to_owned(),
        reason: None,
        made_by: made_by.to_owned(),
        cursor,
        missed_at: None,
        failures: 0,
        failing_since: None,
        tried_at: None,
        error: None,
        delivered_at: None,
        created_at: now.0,
        updated_at: now.0,
    }
}

/// Refuses one more than a workspace may have.
pub(super) async fn room(tx: &WriteTx) -> Result<Vec<WebhookRow>> {
    let rows = webhook::list_for_write(tx).await?;
    if rows.iter().filter(|row| row.status != ENDED).count() >= MOST {
        return Err(Error::refused("too_many", format!("There are {MOST} webhooks already; remove one first.")));
    }
    Ok(rows)
}

/// Changes a webhook, or switches it.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the field), `Store`.
pub async fn update(app: &App, caller: &Caller, id: Uuid, patch: WebhookPatch) -> Result<WebhookView> {
    caller.require(Permission::ConnectionManage)?;
    let name = patch.name.map(|name| crate::account::name("name", &name)).transpose()?;
    let url = patch.url.map(|url| address(&app.http, &url)).transpose()?;
    let events = patch.events.map(events_of).transpose()?;
    let scope = app.store.workspace(caller.workspace);
    channels_exist(&scope.read(), patch.channels.as_deref().unwrap_or_default()).await?;
    // Before the transaction: what happens from now on is told.
    let head = rapport_store::feed::head(&scope.read()).await?;
    let now = app.now();
    let tx = scope.write().await?;
    let mut row = webhook::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    let before = view(row.clone(), (0, 0));
    row.name = name.unwrap_or(row.name);
    if let Some(url) = url.filter(|url| *url != row.url) {
        // Another target has not failed yet.
        (row.failures, row.failing_since, row.error) = (0, None, None);
        row.url = url;
    }
    if let Some(events) = events {
        // Who heard of nothing was not followed: its first events are not those of the past.
        if row.events.as_array().is_none_or(Vec::is_empty) && !events.is_empty() {
            row.cursor = head.to_string();
        }
        row.events = json!(events);
    }
    row.channels = patch.channels.map_or(row.channels, |channels| json!(channels));
    match patch.status {
        Some(WebhookStatus::Active) if row.status != ACTIVE => {
            (row.status, row.reason) = (ACTIVE.to_owned(), None);
            (row.failures, row.failing_since, row.error, row.missed_at) = (0, None, None, None);
            delivery::rouse(&tx, id, now).await?;
            job::enqueue(&tx, vec![Job::Webhook { webhook_id: id }.row(now)], now).await?;
        }
        Some(WebhookStatus::Paused) => (row.status, row.reason) = (PAUSED.to_owned(), Some("person".to_owned())),
        Some(WebhookStatus::Active) | None => {}
    }
    row.updated_at = now.0;
    let after = view(row.clone(), (0, 0));
    super::told(&tx, id, &row.status, now).await?;
    webhook::update(&tx, row).await?;
    let change = Change { before: Some(json!(before)), after: Some(json!(after)) };
    record(&tx, now, caller, "webhook.updated", (NOUN, id), change).await?;
    tx.commit().await?;
    app.feeds.wake();
    app.bells.jobs.ring();
    one(&scope.read(), id).await
}

/// Gives a webhook another secret; for a while deliveries are signed with both.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (`keep_minutes`), `Store`.
pub async fn rotate(app: &App, caller: &Caller, id: Uuid, new: NewWebhookSecret) -> Result<CreatedWebhook> {
    caller.require(Permission::ConnectionManage)?;
    let keep = new.keep_minutes.unwrap_or(KEEP);
    if keep > KEEP_MAX {
        return Err(Error::invalid("keep_minutes", format!("must be 0 to {KEEP_MAX}")));
    }
    let scope = app.store.workspace(caller.workspace);
    let known = webhook::get(&scope.read(), id).await?.ok_or(Error::NotFound(NOUN))?;
    let secret = fresh(app);
    let keys = Keys { now: secret.clone(), before: Some(open(app, &known).await?.now) };
    let sealed = seal(app, caller.workspace, id, &keys).await?;
    let now = app.now();
    let tx = scope.write().await?;
    let mut row = webhook::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    if row.secret != known.secret {
        return Err(Error::conflict("webhook_changed", "Somebody else has just given it another secret."));
    }
    row.secret = sealed;
    row.secret_until = (keep > 0).then(|| now.plus(i64::from(keep) * MINUTE).0);
    row.updated_at = now.0;
    let change = Change { before: None, after: Some(json!({ "previous_secret_until": row.secret_until })) };
    webhook::update(&tx, row).await?;
    record(&tx, now, caller, "webhook.secret_replaced", (NOUN, id), change).await?;
    tx.commit().await?;
    Ok(CreatedWebhook { webhook: one(&scope.read(), id).await?, secret })
}

/// Removes a webhook with its deliveries.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn delete(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    caller.require(Permission::ConnectionManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let gone = webhook::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    webhook::delete(&tx, id).await?;
    let change = Change { before: Some(json!(view(gone, (0, 0)))), after: None };
    record(&tx, now, caller, "webhook.deleted", (NOUN, id), change).await?;
    super::told(&tx, id, "deleted", now).await?;
    tx.commit().await?;
    app.feeds.wake();
    Ok(())
}

/// An address that was given: one that may be called, as far as can be told before its name is looked up.
pub(super) fn address(http: &Arc<dyn Executor>, given: &str) -> Result<String> {
    let url = given.trim();
    if url.is_empty() || url.len() > URL_MAX || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Error::invalid("url", format!("must be an https address of at most {URL_MAX} characters")));
    }
    if host(url).is_empty() {
        return Err(Error::invalid("url", "names no host"));
    }
    http.may_call(url).map_err(|why| Error::invalid("url", format!("cannot be used: {why}")))?;
    Ok(url.to_owned())
}

/// What an address is called: its host.
pub(super) fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest).chars().take(100).collect()
}

fn events_of(given: Vec<String>) -> Result<Vec<&'static str>> {
    let mut events = Vec::new();
    for name in given {
        let known = Kind::parse(name.trim()).ok_or_else(|| {
            let all: Vec<&str> = Kind::ALL.iter().map(|kind| kind.code()).collect();
            Error::invalid("events", format!("{name:?} is no event; there are {}", all.join(", ")))
        })?;
        if !events.contains(&known.code()) {
            events.push(known.code());
        }
    }
    Ok(events)
}

async fn channels_exist(read: &Read, given: &[Uuid]) -> Result<()> {
    for id in given {
        let found = rapport_store::channel::get(read, ChannelId(*id)).await?;
        found.ok_or_else(|| Error::invalid("channels", "names a channel that does not exist"))?;
    }
    Ok(())
}
