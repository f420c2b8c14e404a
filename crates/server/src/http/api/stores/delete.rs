//! DELETE /api/v1/stores/{key}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::shop::{Shelf, write};

/// Removes a store.
#[utoipa::path(
    delete,
    path = "/stores/{key}",
    operation_id = "delete_store",
    tag = "shop",
    params(("key" = String, Path, description = "Store")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(key): Path<String>) -> Answer<StatusCode> {
    write::delete(&app, &caller, Shelf::Stores, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
