//! Pools of codes: made, changed, removed, listed.

use super::codes::{NewCodes, enough, put};
use super::{POOL, PoolView, pool_view};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::inbox::words::given;
use crate::shop::check;
use crate::state::App;
use rapport_core::WorkspaceId;
use rapport_core::shop::{GOOD_DAYS, PER_CONTACT, POOLS, Worth, worth};
use rapport_store::coupon::{self, PoolRow};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// A pool to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = NewCouponPool)]
#[serde(deny_unknown_fields)]
pub struct NewPool {
    /// Its name, 1 to 100 characters, by which rules name it; it stays.
    pub name: String,
    /// What a code takes off: `percent` or `amount`.
    #[schema(value_type = super::CouponWorth)]
    pub kind: Worth,
    /// How much: a text such as `10` or `15.00`.
    pub value: String,
    /// ISO 4217 code; an amount needs one.
    #[serde(default)]
    pub currency: Option<String>,
    /// Codes are issued from then on, milliseconds UTC.
    #[serde(default)]
    pub valid_from: Option<i64>,
    /// And are good until before this moment, milliseconds UTC.
    #[serde(default)]
    pub valid_to: Option<i64>,
    /// A code is good for so many days after it was issued, 1 to 3,650.
    #[serde(default)]
    pub valid_days: Option<u32>,
    /// So many codes a customer, 1 to 100.
    #[serde(default = "one")]
    pub per_contact: u32,
    /// Its first codes.
    #[serde(default)]
    pub codes: NewCodes,
}

fn one() -> u32 {
    1
}

/// What changes about a pool; what is left out stays, null empties a moment. Codes that were given keep their end.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = CouponPoolPatch)]
#[serde(default, deny_unknown_fields)]
pub struct PoolPatch {
    /// Whether codes are issued.
    pub active: Option<bool>,
    /// As for a new pool.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub valid_from: Option<Option<i64>>,
    /// As for a new pool.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub valid_to: Option<Option<i64>>,
    /// As for a new pool.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<u32>)]
    pub valid_days: Option<Option<u32>>,
    /// As for a new pool.
    pub per_contact: Option<u32>,
}

/// The workspace's pools, oldest first, with how their codes stand.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<PoolView>> {
    caller.require(Permission::ContactRead)?;
    of_workspace(app, caller.workspace).await
}

/// The same for the program itself.
///
/// # Errors
/// `Store`.
pub(crate) async fn of_workspace(app: &App, workspace: WorkspaceId) -> Result<Vec<PoolView>> {
    let read = app.store.workspace(workspace).read();
    let counts = coupon::counts(&read, app.now()).await?;
    let rows = coupon::pools(&read).await?.into_iter();
    Ok(rows
        .map(|row| (counts.get(&row.id).copied().unwrap_or_default(), row))
        .map(|(n, row)| pool_view(row, n))
        .collect())
}

/// One pool.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<PoolView> {
    let all = list(app, caller).await?;
    all.into_iter().find(|pool| pool.id == id).ok_or(Error::NotFound(POOL))
}

/// Makes a pool with its first codes.
///
/// # Errors
/// `Forbidden`, `Invalid` (naming the field), `Conflict` (`name_taken`), `Refused` (`too_many`), `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewPool) -> Result<PoolView> {
    caller.require(Permission::ShopManage)?;
    let codes = new.codes.checked(app)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = checked(PoolRow {
        workspace_id: caller.workspace.0,
        id: tx.new_id(now),
        name: crate::account::name("name", &new.name)?,
        kind: new.kind.code().to_owned(),
        value: worth(new.kind, &new.value).ok_or_else(|| worth_fault(new.kind))?,
        currency: check::currency(new.currency.as_deref())?,
        active: true,
        valid_from: new.valid_from,
        valid_to: new.valid_to,
        valid_days: stored("valid_days", new.valid_days, GOOD_DAYS)?,
        per_contact: stored("per_contact", Some(new.per_contact), PER_CONTACT)?.unwrap_or(1),
        created_at: now.0,
        updated_at: now.0,
    })?;
    let known = coupon::pools(&app.store.workspace(caller.workspace).read()).await?;
    if known.len() as u64 >= POOLS {
        return Err(Error::refused("too_many", format!("A workspace has at most {POOLS} pools.")));
    }
    if known.iter().any(|pool| pool.name == row.name) {
        return Err(Error::conflict("name_taken", "Another pool has this name."));
    }
    let id = row.id;
    let after = told(&row);
    coupon::insert_pool(&tx, row).await?;
    put(&tx, id, &codes, now).await?;
    let change = Change { before: None, after: Some(after) };
    record(&tx, now, caller, "coupon_pool.created", ("coupon_pool", id), change).await?;
    tx.commit().await?;
    get(app, caller, id).await
}

/// Changes a pool.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the field), `Store`.
pub async fn update(app: &App, caller: &Caller, id: Uuid, patch: PoolPatch) -> Result<PoolView> {
    caller.require(Permission::ShopManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let before = coupon::pool_for_write(&tx, id).await?.ok_or(Error::NotFound(POOL))?;
    let mut row = before.clone();
    row.active = patch.active.unwrap_or(row.active);
    row.valid_from = patch.valid_from.unwrap_or(row.valid_from);
    row.valid_to = patch.valid_to.unwrap_or(row.valid_to);
    if let Some(days) = patch.valid_days {
        row.valid_days = stored("valid_days", days, GOOD_DAYS)?;
    }
    if let Some(most) = patch.per_contact {
        row.per_contact = stored("per_contact", Some(most), PER_CONTACT)?.unwrap_or(1);
    }
    let row = checked(row)?;
    if row != before {
        let change = Change { before: Some(told(&before)), after: Some(told(&row)) };
        coupon::update_pool(&tx, PoolRow { updated_at: now.0, ..row }).await?;
        record(&tx, now, caller, "coupon_pool.updated", ("coupon_pool", id), change).await?;
        tx.commit().await?;
    }
    get(app, caller, id).await
}

/// Removes a pool of which no code was given or used.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Conflict` (`in_use`), `Store`.
pub async fn delete(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    caller.require(Permission::ShopManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = coupon::pool_for_write(&tx, id).await?.ok_or(Error::NotFound(POOL))?;
    if coupon::is_used(&tx, id).await? {
        return Err(Error::conflict("in_use", "Customers have codes of this pool. Switch it off instead."));
    }
    coupon::delete_pool(&tx, id).await?;
    let change = Change { before: Some(told(&row)), after: None };
    record(&tx, now, caller, "coupon_pool.deleted", ("coupon_pool", id), change).await?;
    tx.commit().await?;
    Ok(())
}

/// Adds codes to a pool; those that the workspace has already are left out.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the field), `Refused` (`too_many`), `Store`.
pub async fn add(app: &App, caller: &Caller, id: Uuid, new: NewCodes) -> Result<PoolView> {
    caller.require(Permission::ShopManage)?;
    coupon::pool(&app.store.workspace(caller.workspace).read(), id).await?.ok_or(Error::NotFound(POOL))?;
    let codes = new.checked(app)?;
    if codes.is_empty() {
        return Err(Error::invalid("list", "must name codes, or generate say how many"));
    }
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    coupon::pool_for_write(&tx, id).await?.ok_or(Error::NotFound(POOL))?;
    enough(&tx, id, codes.len()).await?;
    let added = put(&tx, id, &codes, now).await?;
    let change = Change { before: None, after: Some(json!({ "added": added })) };
    record(&tx, now, caller, "coupon_pool.filled", ("coupon_pool", id), change).await?;
    tx.commit().await?;
    get(app, caller, id).await
}

fn worth_fault(kind: Worth) -> Error {
    Error::invalid(
        "value",
        match kind {
            Worth::Percent => "must be a percentage over 0 and up to 100",
            Worth::Amount => "must be a sum such as 15.00",
        },
    )
}

/// A number of a pool as it is stored.
fn stored(field: &'static str, given: Option<u32>, most: u32) -> Result<Option<i32>> {
    match given {
        Some(number) if !(1..=most).contains(&number) => Err(Error::invalid(field, format!("must be 1 to {most}"))),
        other => Ok(other.and_then(|number| i32::try_from(number).ok())),
    }
}

/// What must hold of a pool as a whole.
fn checked(row: PoolRow) -> Result<PoolRow> {
    check::moment("valid_from", row.valid_from)?;
    check::moment("valid_to", row.valid_to)?;
    if row.valid_from.zip(row.valid_to).is_some_and(|(from, to)| from >= to) {
        return Err(Error::invalid("valid_to", "must be after valid_from"));
    }
    if row.kind == Worth::Amount.code() && row.currency.is_none() {
        return Err(Error::invalid("currency", "must be given with an amount"));
    }
    Ok(row)
}

/// What the audit log says of a pool.
fn told(row: &PoolRow) -> Value {
    json!({
        "name": row.name, "kind": row.kind, "value": row.value, "currency": row.currency, "active": row.active,
        "valid_from": row.valid_from, "valid_to": row.valid_to, "valid_days": row.valid_days,
        "per_contact": row.per_contact,
    })
}
