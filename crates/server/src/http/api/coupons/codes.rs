//! GET /api/v1/coupon-pools/{id}/codes

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::coupon::codes::{self as kept, CouponCodes};
use uuid::Uuid;

/// Every code of a pool, for the shop that is to take them.
#[utoipa::path(
    get,
    path = "/coupon-pools/{id}/codes",
    operation_id = "read_coupon_codes",
    tag = "shop",
    params(("id" = Uuid, Path, description = "Pool")),
    responses((status = 200, body = CouponCodes), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn codes(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<CouponCodes>> {
    Ok(Json(kept::all(&app, &caller, id).await?))
}
