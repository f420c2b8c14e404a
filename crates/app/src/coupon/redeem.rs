//! Codes that were used.

use super::{CouponView, coupon_views};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::Ms;
use rapport_core::shop::{CouponState, code, state};
use rapport_store::WriteTx;
use rapport_store::coupon::{self, CouponRow};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// A code that a customer wants to use.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = CouponRedemption)]
#[serde(deny_unknown_fields)]
pub struct Redemption {
    /// The code, in capitals or not.
    pub code: String,
    /// The order it is used for.
    #[serde(default)]
    pub order_number: Option<String>,
}

/// Notes that a code is used. A repeat for the same order is answered as the first.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the field), `Refused` (`coupon_not_issued`, `coupon_expired`), `Conflict`
/// (`coupon_redeemed`), `Store`.
pub async fn redeem(app: &App, caller: &Caller, given: Redemption) -> Result<CouponView> {
    caller.require(Permission::ShopManage)?;
    let order = given.order_number.map(|number| crate::shop::check::key("order_number", &number)).transpose()?;
    let wanted = code(&given.code).ok_or(Error::NotFound("coupon"))?;
    let now = app.now();
    let scope = app.store.workspace(caller.workspace);
    let tx = scope.write().await?;
    let row = coupon::by_code(&tx, &wanted).await?.ok_or(Error::NotFound("coupon"))?;
    match state(row.issued_at.is_some(), row.redeemed_at.is_some(), row.valid_until.map(Ms), now) {
        CouponState::Issued => {}
        CouponState::Redeemed if order.is_some() && row.order_number == order => {
            drop(tx);
            return view(app, caller, row).await;
        }
        CouponState::Redeemed => return Err(Error::conflict("coupon_redeemed", "This code was used already.")),
        CouponState::Expired => return Err(Error::refused("coupon_expired", "This code is not good any more.")),
        CouponState::Free => return Err(Error::refused("coupon_not_issued", "Nobody was given this code.")),
    }
    let row = CouponRow { redeemed_at: Some(now.0), order_number: order, ..row };
    coupon::update(&tx, row.clone()).await?;
    let after = json!({ "code": row.code, "order_number": row.order_number, "contact_id": row.contact_id });
    let change = Change { before: None, after: Some(after) };
    record(&tx, now, caller, "coupon.redeemed", ("coupon", row.id), change).await?;
    tx.commit().await?;
    view(app, caller, row).await
}

async fn view(app: &App, caller: &Caller, row: CouponRow) -> Result<CouponView> {
    let read = app.store.workspace(caller.workspace).read();
    coupon_views(&read, vec![row], app.now()).await?.pop().ok_or(Error::NotFound("coupon"))
}

/// Notes that an order was placed with codes: that is a fact, whatever their end. Codes that are not ours are left
/// alone.
///
/// # Errors
/// `Store`.
pub(crate) async fn by_order(tx: &WriteTx, codes: &[String], number: &str, now: Ms) -> Result<()> {
    let kept: Vec<String> = codes.iter().filter_map(|given| code(given)).collect();
    coupon::redeem(tx, &kept, Some(number), now).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rapport_core::shop::KEY;

    #[test]
    fn an_order_number_is_one_of_the_shop() {
        let long = "1".repeat(KEY + 1);
        assert!(crate::shop::check::key("order_number", &long).is_err());
        assert!(crate::shop::check::key("order_number", " 10482 ").is_ok());
    }
}
