//! GET /api/v1/products/{sku}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::{Product, list};

/// One product.
#[utoipa::path(
    get,
    path = "/products/{sku}",
    operation_id = "read_product",
    tag = "shop",
    params(("sku" = String, Path, description = "SKU")),
    responses((status = 200, body = Product), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(sku): Path<String>) -> Answer<Json<Product>> {
    Ok(Json(list::product(&app, &caller, &sku).await?))
}
