//! DELETE /api/v1/shop-sources/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::shop::source::manage;
use uuid::Uuid;

/// Removes a shop; what it told of stays.
#[utoipa::path(
    delete,
    path = "/shop-sources/{id}",
    operation_id = "delete_shop_source",
    tag = "shop",
    params(("id" = Uuid, Path, description = "Shop")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    manage::delete(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
