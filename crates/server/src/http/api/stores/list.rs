//! GET /api/v1/stores

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::Store;
use rapport_app::shop::list;

/// Stores by key.
#[utoipa::path(
    get,
    path = "/stores",
    operation_id = "list_stores",
    tag = "shop",
    params(Paging),
    responses((status = 200, body = List<Store>), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn list(State(app): State<App>, caller: Caller, Query(paging): Query<Paging>) -> Answer<Json<List<Store>>> {
    let (items, next) = list::stores(&app, &caller, paging.after()?, paging.limit()?).await?;
    Ok(Json(List::page(items, next.as_ref())))
}
