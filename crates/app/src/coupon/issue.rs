//! A rule gives a customer a code.

use super::{kind, terms};
use crate::audit::{Change, record};
use crate::auth::Caller;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::ContactId;
use rapport_core::shop::{Coupon, Unissued, told_worth};
use rapport_store::coupon::{self, CouponRow};
use rapport_store::query::contact_page;
use rapport_store::{Read, WriteTx};
use serde_json::json;
use uuid::Uuid;

/// How often a giving begins again because its contact moved meanwhile.
const TRIES: usize = 5;

/// Whom a code is for, and what names the giving.
pub(crate) struct Giving<'a> {
    /// The customer.
    pub contact: ContactId,
    /// The run that gives.
    pub run: Uuid,
    /// The same giving has the same one, and gives one code.
    pub key: &'a str,
    /// The pool's name.
    pub pool: &'a str,
}

/// Gives a code of a pool, in the customer's lane; a repeat gives the same one.
///
/// # Errors
/// `Refused` (`coupon_pool_missing`, or a code of [`Unissued`]), `NotFound`, `Overloaded` when the contact moves all the
/// time, `Store`.
pub(crate) async fn issue(app: &App, caller: &Caller, giving: Giving<'_>) -> Result<CouponRow> {
    let scope = app.store.workspace(caller.workspace);
    for _ in 0..TRIES {
        let read = scope.read();
        let contact = contact_page::kept(&read, giving.contact).await?.ok_or(Error::NotFound("contact"))?;
        let tx = scope.write().await?;
        // In the contact's lane: nobody merges the contact from here on. Who did so before we had it is looked at again.
        tx.lock_lane(u16::try_from(contact.lane).unwrap_or(0)).await?;
        let again = contact_page::kept(&read, giving.contact).await?;
        if again.is_some_and(|row| (row.id, row.lane) == (contact.id, contact.lane)) {
            return give(app, caller, &giving, ContactId(contact.id), tx).await;
        }
        tx.rollback().await?;
    }
    Err(Error::Overloaded("the customer is being merged"))
}

/// [`issue`] in the lane of the contact that was kept.
async fn give(app: &App, caller: &Caller, giving: &Giving<'_>, contact: ContactId, tx: WriteTx) -> Result<CouponRow> {
    let now = app.now();
    if let Some(given) = coupon::given(&tx, giving.key).await? {
        return Ok(given);
    }
    let named = coupon::pool_named(&tx, giving.pool).await?;
    let pool = named.ok_or_else(|| {
        Error::refused("coupon_pool_missing", format!("There is no pool of codes named {}.", giving.pool))
    })?;
    let had = coupon::had(&tx, pool.id, contact).await?;
    let until = terms(&pool).issue(had, now).map_err(|why| unissued(why, &pool.name))?;
    let free = coupon::next_free(&tx, pool.id).await?.ok_or_else(|| unissued(Unissued::Empty, &pool.name))?;
    let row = CouponRow {
        contact_id: Some(contact.0),
        run_id: Some(giving.run),
        issue_key: Some(giving.key.to_owned()),
        issued_at: Some(now.0),
        valid_until: until.map(|until| until.0),
        ..free
    };
    coupon::update(&tx, row.clone()).await?;
    let after = json!({ "code": row.code, "pool": pool.name, "contact_id": contact.0, "run_id": giving.run });
    let change = Change { before: None, after: Some(after) };
    record(&tx, now, caller, "coupon.issued", ("coupon", row.id), change).await?;
    tx.commit().await?;
    Ok(row)
}

fn unissued(why: Unissued, pool: &str) -> Error {
    let detail = match why {
        Unissued::Off => format!("The pool {pool} is switched off."),
        Unissued::Early => format!("The codes of {pool} are not good yet."),
        Unissued::Over => format!("The codes of {pool} are not good any more."),
        Unissued::Enough => format!("The customer has had as many codes of {pool} as one may."),
        Unissued::Empty => format!("No code is left in {pool}."),
    };
    Error::refused(why.code(), detail)
}

/// The code that is told to a customer: the one that a run gave, else the newest that they can still use.
///
/// # Errors
/// `Store`.
pub(crate) async fn told(
    read: &Read,
    contact: ContactId,
    run: Option<Uuid>,
    now: rapport_core::Ms,
) -> Result<Option<Coupon>> {
    let row = match run {
        Some(run) => coupon::of_run(read, contact, run).await?,
        None => coupon::good(read, contact, now).await?,
    };
    let Some(row) = row else { return Ok(None) };
    let Some(pool) = coupon::pool(read, row.pool_id).await? else { return Ok(None) };
    let worth = told_worth(kind(&pool), &pool.value, pool.currency.as_deref());
    Ok(Some(Coupon { code: row.code, worth, until: row.valid_until.map(rapport_core::Ms) }))
}
