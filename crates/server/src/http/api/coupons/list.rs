//! GET /api/v1/coupons

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::coupon::CouponView;
use rapport_app::coupon::codes::{self, CouponQuery};

/// Codes, the newest first, with who was given them.
#[utoipa::path(
    get,
    path = "/coupons",
    operation_id = "list_coupons",
    tag = "shop",
    params(CouponQuery, Paging),
    responses((status = 200, body = List<CouponView>), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(wanted): Query<CouponQuery>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<CouponView>>> {
    Ok(Json(codes::page(&app, &caller, wanted, paging.after()?, paging.limit()?).await?.into()))
}
