//! Shops that deliver by webhook: set up, changed, removed, and how they fare.

use super::NOUN;
use crate::account::Page;
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::{App, workspace_key};
use crate::vault::Place;
use rapport_connectors::shop::Kind;
use rapport_core::shop::PREFIX;
use rapport_store::shop_source::{self, DeliveryRow, FAILED, SourceRow, WAITING};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Most shops of a workspace.
const MOST: usize = 20;
/// Most deliveries that are tried again at once.
const AGAIN: u64 = 500;

/// The kinds of shops that deliver by webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShopSourceKind {
    /// Shopify, and whatever signs as it does.
    Shopify,
    /// WooCommerce, and whatever signs as it does.
    Woocommerce,
}

impl ShopSourceKind {
    fn code(self) -> &'static str {
        match self {
            Self::Shopify => Kind::Shopify.code(),
            Self::Woocommerce => Kind::Woocommerce.code(),
        }
    }

    fn of(word: &str) -> Self {
        if word == Kind::Shopify.code() { Self::Shopify } else { Self::Woocommerce }
    }
}

/// A shop that delivers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ShopSource {
    /// Its id.
    pub id: Uuid,
    /// What kind it is.
    pub kind: ShopSourceKind,
    /// Its name, for people.
    pub name: String,
    /// What is put before the numbers of its orders; may be empty.
    pub prefix: String,
    /// Where it delivers.
    pub url: String,
    /// Whether deliveries are taken.
    pub active: bool,
    /// When the last one came, milliseconds UTC.
    pub last_at: Option<i64>,
    /// What it was about.
    pub last_topic: Option<String>,
    /// When one was last refused for its signature, milliseconds UTC.
    pub refused_at: Option<i64>,
    /// How many are still to be taken in.
    pub waiting: u64,
    /// How many could not be taken in.
    pub failed: u64,
}

/// A shop to be set up.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShopSource {
    /// What kind it is.
    pub kind: ShopSourceKind,
    /// Its name, 1 to 100 characters.
    pub name: String,
    /// What is put before the numbers of its orders, so that those of two shops are told apart: up to 12 letters,
    /// digits, `-` and `_`.
    #[serde(default)]
    pub prefix: String,
    /// The secret that signs its deliveries, 8 to 200 characters; it is never shown again.
    pub secret: String,
}

/// What changes about a shop; what is left out stays.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ShopSourcePatch {
    /// Its name.
    pub name: Option<String>,
    /// What is put before the numbers of orders that it tells of from now on; those that are known keep theirs.
    pub prefix: Option<String>,
    /// The secret that signs its deliveries from now on.
    pub secret: Option<String>,
    /// Whether deliveries are taken.
    pub active: Option<bool>,
}

/// What a shop delivered.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ShopDelivery {
    /// Its id.
    pub id: Uuid,
    /// What it is about: `orders/create`.
    pub topic: String,
    /// `waiting`, `done`, `ignored` (it tells nothing that is kept here) or `failed`.
    pub state: String,
    /// Why, in words.
    pub detail: Option<String>,
    /// When it came, milliseconds UTC.
    pub received_at: i64,
}

impl From<DeliveryRow> for ShopDelivery {
    fn from(row: DeliveryRow) -> Self {
        Self { id: row.id, topic: row.topic, state: row.state, detail: row.detail, received_at: row.received_at }
    }
}

type Counts = BTreeMap<Uuid, u64>;

fn view(app: &App, row: SourceRow, waiting: &Counts, failed: &Counts) -> ShopSource {
    let of = |counts: &Counts| counts.get(&row.id).copied().unwrap_or(0);
    ShopSource {
        id: row.id,
        kind: ShopSourceKind::of(&row.kind),
        url: app.settings.webhook_url("shop", row.id),
        active: row.active,
        last_at: row.last_at,
        refused_at: row.refused_at,
        waiting: of(waiting),
        failed: of(failed),
        name: row.name,
        prefix: row.prefix,
        last_topic: row.last_topic,
    }
}

/// The workspace's shops, oldest first.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<ShopSource>> {
    caller.require(Permission::ShopManage)?;
    let read = app.store.workspace(caller.workspace).read();
    let waiting = shop_source::counts(&read, WAITING).await?;
    let failed = shop_source::counts(&read, FAILED).await?;
    let rows = shop_source::list(&read).await?;
    Ok(rows.into_iter().map(|row| view(app, row, &waiting, &failed)).collect())
}

async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<ShopSource> {
    list(app, caller).await?.into_iter().find(|source| source.id == id).ok_or(Error::NotFound(NOUN))
}

/// Sets a shop up.
///
/// # Errors
/// `Forbidden`, `Invalid` (naming the field), `Refused` (`too_many`), `Store`, `Vault`.
pub async fn create(app: &App, caller: &Caller, new: NewShopSource) -> Result<ShopSource> {
    caller.require(Permission::ShopManage)?;
    let name = crate::account::name("name", &new.name)?;
    let prefix = prefix(&new.prefix)?;
    let now = app.now();
    let id = app.ids.uuid(now);
    let secret = sealed(app, caller, id, &new.secret).await?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    if shop_source::list(&app.store.workspace(caller.workspace).read()).await?.len() >= MOST {
        return Err(Error::refused("too_many", format!("A workspace has at most {MOST} shops that deliver.")));
    }
    let row = SourceRow {
        workspace_id: caller.workspace.0,
        id,
        kind: new.kind.code().to_owned(),
        name,
        prefix,
        secret,
        active: true,
        last_at: None,
        last_topic: None,
        refused_at: None,
        created_at: now.0,
        updated_at: now.0,
    };
    let after = json!({ "kind": row.kind, "name": row.name, "prefix": row.prefix });
    shop_source::insert(&tx, row).await?;
    let change = Change { before: None, after: Some(after) };
    record(&tx, now, caller, "shop_source.created", ("shop_source", id), change).await?;
    tx.commit().await?;
    get(app, caller, id).await
}

/// Changes a shop.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the field), `Store`, `Vault`.
pub async fn update(app: &App, caller: &Caller, id: Uuid, patch: ShopSourcePatch) -> Result<ShopSource> {
    caller.require(Permission::ShopManage)?;
    let name = patch.name.map(|name| crate::account::name("name", &name)).transpose()?;
    let prefix = patch.prefix.map(|given| prefix(&given)).transpose()?;
    let secret = match &patch.secret {
        Some(secret) => Some(sealed(app, caller, id, secret).await?),
        None => None,
    };
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = shop_source::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    let before = json!({ "name": row.name, "prefix": row.prefix, "active": row.active });
    let renewed = secret.is_some();
    let row = SourceRow {
        name: name.unwrap_or_else(|| row.name.clone()),
        prefix: prefix.unwrap_or_else(|| row.prefix.clone()),
        active: patch.active.unwrap_or(row.active),
        secret: secret.unwrap_or_else(|| row.secret.clone()),
        refused_at: row.refused_at.filter(|_| !renewed),
        updated_at: now.0,
        ..row
    };
    let after = json!({ "name": row.name, "prefix": row.prefix, "active": row.active, "secret_replaced": renewed });
    shop_source::update(&tx, row).await?;
    let change = Change { before: Some(before), after: Some(after) };
    record(&tx, now, caller, "shop_source.updated", ("shop_source", id), change).await?;
    tx.commit().await?;
    get(app, caller, id).await
}

/// Removes a shop; what it told of stays.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn delete(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    caller.require(Permission::ShopManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = shop_source::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    shop_source::delete(&tx, id).await?;
    let change = Change { before: Some(json!({ "kind": row.kind, "name": row.name })), after: None };
    record(&tx, now, caller, "shop_source.deleted", ("shop_source", id), change).await?;
    tx.commit().await?;
    Ok(())
}

/// What a shop delivered within the last fourteen days, the newest first; `before` is the last id of the page before.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn deliveries(
    app: &App,
    caller: &Caller,
    id: Uuid,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Page<ShopDelivery>> {
    caller.require(Permission::ShopManage)?;
    let read = app.store.workspace(caller.workspace).read();
    shop_source::get(&read, id).await?.ok_or(Error::NotFound(NOUN))?;
    let rows = shop_source::deliveries(&read, id, before, limit + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id).map(ShopDelivery::from))
}

/// Lets deliveries that failed be tried again, 500 at most.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn retry(app: &App, caller: &Caller, id: Uuid) -> Result<ShopSource> {
    caller.require(Permission::ShopManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    shop_source::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    let again = shop_source::retry(&tx, id, AGAIN, now).await?;
    let jobs = again.into_iter().map(|delivery_id| Job::ShopDelivery { delivery_id }.row(now)).collect();
    rapport_store::job::enqueue(&tx, jobs, now).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    get(app, caller, id).await
}

/// What is put before numbers, as it is kept.
fn prefix(given: &str) -> Result<String> {
    let given = given.trim();
    let sound = given.len() <= PREFIX && given.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if sound {
        Ok(given.to_owned())
    } else {
        Err(Error::invalid("prefix", format!("must have at most {PREFIX} letters, digits, - and _")))
    }
}

/// A secret as it is kept.
async fn sealed(app: &App, caller: &Caller, id: Uuid, given: &str) -> Result<Vec<u8>> {
    let given = given.trim();
    let sound = (8..=200).contains(&given.chars().count()) && !given.chars().any(char::is_control);
    if !sound {
        return Err(Error::invalid("secret", "must have 8 to 200 characters on one line"));
    }
    let key = workspace_key(&app.store, &app.vault, caller.workspace).await?;
    Ok(key.seal(Place::new("shop_source", "secret", id), given.as_bytes())?)
}
