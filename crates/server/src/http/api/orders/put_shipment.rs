//! PUT /api/v1/orders/{number}/shipments/{key}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::{Order, Shipment, write};

/// Tells of a parcel of an order, as orders are told of. The answer is the order.
#[utoipa::path(
    put,
    path = "/orders/{number}/shipments/{key}",
    operation_id = "put_shipment",
    tag = "shop",
    params(("number" = String, Path, description = "Order number"), ("key" = String, Path, description = "Parcel")),
    request_body = Shipment,
    responses((status = 200, body = Order), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn put_shipment(
    State(app): State<App>,
    caller: Caller,
    Path((number, key)): Path<(String, String)>,
    Json(given): Json<Shipment>,
) -> Answer<Json<Order>> {
    Ok(Json(write::put_shipment(&app, &caller, &number, key, given).await?))
}
