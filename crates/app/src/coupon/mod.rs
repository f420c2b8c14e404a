//! Codes for customers: pools of them ([`pools`], [`codes`]), given by rules ([`issue`]) and used ([`redeem`]).
//!
//! A code is given once for a run and step, whatever happens between: the database knows the giving by its key. Nothing
//! here asks a shop; codes are its own, or are made here and told to it.

pub mod codes;
pub mod issue;
pub mod pools;
pub mod redeem;

use rapport_core::shop::{CouponState, Terms, Worth, is_low, state};
use rapport_core::{ContactId, Ms};
use rapport_store::Read;
use rapport_store::coupon::{Counts, CouponRow, PoolRow};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is not found.
const POOL: &str = "coupon pool";

/// A pool of codes.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CouponPool)]
pub struct PoolView {
    /// The pool.
    pub id: Uuid,
    /// Its name, by which rules name it.
    pub name: String,
    /// What a code takes off: `percent` or `amount`.
    #[schema(value_type = CouponWorth)]
    pub kind: Worth,
    /// How much: digits with a decimal point.
    pub value: String,
    /// ISO 4217 code of an amount.
    pub currency: Option<String>,
    /// Whether codes are issued.
    pub active: bool,
    /// Codes are good from then on, milliseconds UTC.
    pub valid_from: Option<i64>,
    /// And until before this moment, milliseconds UTC.
    pub valid_to: Option<i64>,
    /// A code is good for so many days after it was issued.
    pub valid_days: Option<u32>,
    /// So many codes a customer.
    pub per_contact: u32,
    /// How many codes it has.
    pub total: u64,
    /// How many nobody has.
    pub free: u64,
    /// How many customers have and can still use.
    pub issued: u64,
    /// How many were used.
    pub redeemed: u64,
    /// How many customers had and did not use in time.
    pub expired: u64,
    /// A tenth of the codes, or less, is left.
    pub low: bool,
    /// When it was made, milliseconds UTC.
    pub created_at: i64,
}

/// The words of a pool's `kind`.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CouponWorth {
    /// A share of the price.
    Percent,
    /// A sum.
    Amount,
}

/// The words of a code's `state`.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CouponStanding {
    /// Nobody has it.
    Free,
    /// A customer was given it.
    Issued,
    /// It was used.
    Redeemed,
    /// A customer was given it, did not use it, and it is not good any more.
    Expired,
}

/// A code.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Coupon)]
pub struct CouponView {
    /// Its id.
    pub id: Uuid,
    /// Its pool.
    pub pool_id: Uuid,
    /// The code.
    pub code: String,
    /// Where it stands.
    #[schema(value_type = CouponStanding)]
    pub state: CouponState,
    /// Who was given it.
    pub contact_id: Option<Uuid>,
    /// Their name.
    pub contact_name: Option<String>,
    /// The run of a rule that gave it.
    pub run_id: Option<Uuid>,
    /// When it was given, milliseconds UTC.
    pub issued_at: Option<i64>,
    /// Until before when it is good, milliseconds UTC.
    pub valid_until: Option<i64>,
    /// When it was used, milliseconds UTC.
    pub redeemed_at: Option<i64>,
    /// The order it was used for.
    pub order_number: Option<String>,
}

fn unsigned(stored: i32) -> u32 {
    u32::try_from(stored).unwrap_or(0)
}

/// What a pool allows.
fn terms(row: &PoolRow) -> Terms {
    Terms {
        active: row.active,
        from: row.valid_from.map(Ms),
        to: row.valid_to.map(Ms),
        days: row.valid_days.map(unsigned),
        per_contact: unsigned(row.per_contact),
    }
}

/// What a code of a pool takes off.
fn kind(row: &PoolRow) -> Worth {
    Worth::parse(&row.kind).unwrap_or(Worth::Percent)
}

fn pool_view(row: PoolRow, counts: Counts) -> PoolView {
    PoolView {
        kind: kind(&row),
        id: row.id,
        name: row.name,
        value: row.value,
        currency: row.currency,
        active: row.active,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        valid_days: row.valid_days.map(unsigned),
        per_contact: unsigned(row.per_contact),
        total: counts.total,
        free: counts.free,
        issued: counts.issued,
        redeemed: counts.redeemed,
        expired: counts.expired,
        low: is_low(counts.free, counts.total),
        created_at: row.created_at,
    }
}

/// Codes with the names of who has them.
async fn coupon_views(read: &Read, rows: Vec<CouponRow>, now: Ms) -> crate::Result<Vec<CouponView>> {
    let owners: Vec<ContactId> = rows.iter().filter_map(|row| row.contact_id.map(ContactId)).collect();
    let names = rapport_store::query::search_hits::names(read, &owners).await?;
    let view = |row: CouponRow| CouponView {
        state: state(row.issued_at.is_some(), row.redeemed_at.is_some(), row.valid_until.map(Ms), now),
        contact_name: row.contact_id.and_then(|id| names.get(&id).cloned()).filter(|name| !name.is_empty()),
        id: row.id,
        pool_id: row.pool_id,
        code: row.code,
        contact_id: row.contact_id,
        run_id: row.run_id,
        issued_at: row.issued_at,
        valid_until: row.valid_until,
        redeemed_at: row.redeemed_at,
        order_number: row.order_number,
    };
    Ok(rows.into_iter().map(view).collect())
}
