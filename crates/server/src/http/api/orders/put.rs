//! PUT /api/v1/orders/{number}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::{Order, write};

/// Tells of an order: makes it, or puts what is given in place of what was known. Repeating it changes nothing, and
/// what is older than what is known (by `updated_at`) changes nothing either; the answer is what is known then. Rules
/// hear when it is new or stands somewhere else, unless that is more than a day ago.
#[utoipa::path(
    put,
    path = "/orders/{number}",
    operation_id = "put_order",
    tag = "shop",
    params(("number" = String, Path, description = "Order number")),
    request_body = Order,
    responses((status = 200, body = Order), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
    Json(given): Json<Order>,
) -> Answer<Json<Order>> {
    Ok(Json(write::put_order(&app, &caller, number, given).await?))
}
