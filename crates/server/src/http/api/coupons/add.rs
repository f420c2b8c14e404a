//! POST /api/v1/coupon-pools/{id}/codes

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::coupon::codes::NewCodes;
use rapport_app::coupon::{PoolView, pools};
use uuid::Uuid;

/// Adds codes to a pool. Those that the workspace has already, in whichever pool, are left out.
#[utoipa::path(
    post,
    path = "/coupon-pools/{id}/codes",
    operation_id = "add_coupon_codes",
    tag = "shop",
    params(("id" = Uuid, Path, description = "Pool")),
    request_body = NewCodes,
    responses((status = 200, body = PoolView), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<NewCodes>,
) -> Answer<Json<PoolView>> {
    Ok(Json(pools::add(&app, &caller, id, given).await?))
}
