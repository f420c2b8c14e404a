//! GET /api/v1/coupon-pools/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::coupon::{PoolView, pools};
use uuid::Uuid;

/// One pool.
#[utoipa::path(
    get,
    path = "/coupon-pools/{id}",
    operation_id = "read_coupon_pool",
    tag = "shop",
    params(("id" = Uuid, Path, description = "Pool")),
    responses((status = 200, body = PoolView), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<PoolView>> {
    Ok(Json(pools::get(&app, &caller, id).await?))
}
