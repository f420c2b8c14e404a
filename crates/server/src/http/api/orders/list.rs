//! GET /api/v1/orders

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::Order;
use rapport_app::shop::list::{self, OrderQuery};

/// Orders with their parcels, newest first.
#[utoipa::path(
    get,
    path = "/orders",
    operation_id = "list_orders",
    tag = "shop",
    params(OrderQuery, Paging),
    responses((status = 200, body = List<Order>), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(wanted): Query<OrderQuery>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<Order>>> {
    let (items, next) = list::orders(&app, &caller, wanted, paging.after()?, paging.limit()?).await?;
    Ok(Json(List::page(items, next.as_ref())))
}
