//! The codes of pools: brought in or made, and listed.

use super::{CouponView, POOL, coupon_views};
use crate::account::Page;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::shop::{CODE_BYTES, CODES, PREFIX, code, generated};
use rapport_core::{ContactId, Ms};
use rapport_store::WriteTx;
use rapport_store::coupon::{self, Filter};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Most codes that one request adds.
const MOST: usize = 20_000;

/// Codes to be added.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = NewCouponCodes)]
#[serde(default, deny_unknown_fields)]
pub struct NewCodes {
    /// Codes of the shop, at most 20,000: 3 to 40 letters, digits, `-` and `_`. Capitals make no difference.
    pub list: Vec<String>,
    /// Or so many to be made here, at most 20,000; the shop must be told of them.
    pub generate: u32,
    /// What made ones begin with: up to 12 letters and digits.
    pub prefix: String,
}

impl NewCodes {
    /// The codes as they are kept, each once.
    ///
    /// # Errors
    /// `Invalid`, naming the field.
    pub(super) fn checked(&self, app: &App) -> Result<Vec<String>> {
        let wanted = usize::try_from(self.generate).unwrap_or(usize::MAX);
        if self.list.len() > MOST {
            return Err(Error::invalid("list", format!("has more than {MOST} codes")));
        }
        if wanted > MOST {
            return Err(Error::invalid("generate", format!("must be at most {MOST}")));
        }
        let prefix = self.prefix.trim().to_ascii_uppercase();
        if prefix.len() > PREFIX || !prefix.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(Error::invalid("prefix", format!("must have at most {PREFIX} letters and digits")));
        }
        let mut seen = BTreeSet::new();
        let mut codes = Vec::with_capacity(self.list.len() + wanted);
        for given in self.list.iter().filter(|given| !given.trim().is_empty()) {
            let kept = code(given).ok_or_else(|| {
                let shown: String = given.chars().take(60).collect();
                Error::invalid("list", format!("{shown:?} is no code: 3 to 40 letters, digits, - and _"))
            })?;
            if seen.insert(kept.clone()) {
                codes.push(kept);
            }
        }
        let most = codes.len() + wanted;
        let mut random = [0; CODE_BYTES];
        // Fifty random bits hardly ever repeat; who brings their own randomness is not waited for for ever.
        for _ in 0..wanted.saturating_mul(2) {
            if codes.len() == most {
                break;
            }
            app.ids.fill(&mut random);
            let made = generated(&prefix, random);
            if seen.insert(made.clone()) {
                codes.push(made);
            }
        }
        Ok(codes)
    }
}

/// Whether a pool has room for so many codes more.
pub(super) async fn enough(tx: &WriteTx, pool: Uuid, more: usize) -> Result<()> {
    if coupon::size(tx, pool).await? + more as u64 > CODES {
        return Err(Error::refused("too_many", format!("A pool has at most {CODES} codes.")));
    }
    Ok(())
}

/// Writes checked codes; gives how many are new.
pub(super) async fn put(tx: &WriteTx, pool: Uuid, codes: &[String], now: Ms) -> Result<u64> {
    Ok(coupon::add(tx, pool, codes, now).await?)
}

/// Which codes are listed.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CouponQuery {
    /// Of this pool.
    pub pool_id: Option<Uuid>,
    /// Of this contact.
    pub contact_id: Option<Uuid>,
    /// Only those that somebody was given or used; always so without `shop.manage`.
    #[serde(default)]
    pub used: bool,
}

/// Codes, the newest first; `before` is the last id of the page before. Those that nobody has yet are told only to who
/// manages the shop.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn page(
    app: &App,
    caller: &Caller,
    wanted: CouponQuery,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Page<CouponView>> {
    caller.require(Permission::ContactRead)?;
    let used = wanted.used || caller.require(Permission::ShopManage).is_err();
    let read = app.store.workspace(caller.workspace).read();
    let filter = Filter { pool: wanted.pool_id, contact: wanted.contact_id.map(ContactId), used };
    let rows = Page::cut(coupon::page(&read, &filter, before, limit + 1).await?, limit, |row| row.id);
    Ok(Page { items: coupon_views(&read, rows.items, app.now()).await?, next: rows.next })
}

/// Every code of a pool, for the shop that is to take them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CouponCodes {
    /// The codes, in the order in which they were added.
    pub codes: Vec<String>,
}

/// Every code of a pool.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn all(app: &App, caller: &Caller, pool: Uuid) -> Result<CouponCodes> {
    caller.require(Permission::ShopManage)?;
    let read = app.store.workspace(caller.workspace).read();
    coupon::pool(&read, pool).await?.ok_or(Error::NotFound(POOL))?;
    Ok(CouponCodes { codes: coupon::codes(&read, pool).await? })
}
