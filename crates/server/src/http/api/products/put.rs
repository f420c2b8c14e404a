//! PUT /api/v1/products/{sku}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::{Product, write};

/// Tells of a product: makes it, or puts what is given in place of what was known. Repeating it changes nothing, and
/// what is older than what is known (by `updated_at`) changes nothing either; the answer is what is known then.
#[utoipa::path(
    put,
    path = "/products/{sku}",
    operation_id = "put_product",
    tag = "shop",
    params(("sku" = String, Path, description = "SKU")),
    request_body = Product,
    responses((status = 200, body = Product), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(sku): Path<String>,
    Json(given): Json<Product>,
) -> Answer<Json<Product>> {
    Ok(Json(write::put_product(&app, &caller, sku, given).await?))
}
