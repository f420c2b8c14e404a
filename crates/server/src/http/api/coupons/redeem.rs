//! POST /api/v1/coupons/redeem

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::coupon::CouponView;
use rapport_app::coupon::redeem::{self as used, Redemption};

/// Notes that a code is used. A repeat for the same order is answered as the first.
#[utoipa::path(
    post,
    path = "/coupons/redeem",
    operation_id = "redeem_coupon",
    tag = "shop",
    request_body = Redemption,
    responses((status = 200, body = CouponView), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn redeem(State(app): State<App>, caller: Caller, Json(given): Json<Redemption>) -> Answer<Json<CouponView>> {
    Ok(Json(used::redeem(&app, &caller, given).await?))
}
