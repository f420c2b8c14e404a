//! PATCH /api/v1/coupon-pools/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::coupon::PoolView;
use rapport_app::coupon::pools::{self, PoolPatch};
use uuid::Uuid;

/// Changes a pool, or switches it on or off. Codes that were given keep their end.
#[utoipa::path(
    patch,
    path = "/coupon-pools/{id}",
    operation_id = "update_coupon_pool",
    tag = "shop",
    params(("id" = Uuid, Path, description = "Pool")),
    request_body = PoolPatch,
    responses((status = 200, body = PoolView), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<PoolPatch>,
) -> Answer<Json<PoolView>> {
    Ok(Json(pools::update(&app, &caller, id, given).await?))
}
