//! DELETE /api/v1/coupon-pools/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::coupon::pools;
use uuid::Uuid;

/// Removes a pool with its codes; one of which customers have codes is switched off instead.
#[utoipa::path(
    delete,
    path = "/coupon-pools/{id}",
    operation_id = "delete_coupon_pool",
    tag = "shop",
    params(("id" = Uuid, Path, description = "Pool")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    pools::delete(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
