//! DELETE /api/v1/products/{sku}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::shop::{Shelf, write};

/// Removes a product.
#[utoipa::path(
    delete,
    path = "/products/{sku}",
    operation_id = "delete_product",
    tag = "shop",
    params(("sku" = String, Path, description = "SKU")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(sku): Path<String>) -> Answer<StatusCode> {
    write::delete(&app, &caller, Shelf::Products, &sku).await?;
    Ok(StatusCode::NO_CONTENT)
}
