//! GET /api/v1/orders/{number}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::{Order, list};

/// One order with its parcels.
#[utoipa::path(
    get,
    path = "/orders/{number}",
    operation_id = "read_order",
    tag = "shop",
    params(("number" = String, Path, description = "Order number")),
    responses((status = 200, body = Order), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(number): Path<String>) -> Answer<Json<Order>> {
    Ok(Json(list::order(&app, &caller, &number).await?))
}
