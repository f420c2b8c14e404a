//! GET /api/v1/products

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::Product;
use rapport_app::shop::list;

/// Products by SKU.
#[utoipa::path(
    get,
    path = "/products",
    operation_id = "list_products",
    tag = "shop",
    params(Paging),
    responses((status = 200, body = List<Product>), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn list(State(app): State<App>, caller: Caller, Query(paging): Query<Paging>) -> Answer<Json<List<Product>>> {
    let (items, next) = list::products(&app, &caller, paging.after()?, paging.limit()?).await?;
    Ok(Json(List::page(items, next.as_ref())))
}
