//! DELETE /api/v1/orders/{number}/shipments/{key}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::shop::write;

/// Removes a parcel of an order.
#[utoipa::path(
    delete,
    path = "/orders/{number}/shipments/{key}",
    operation_id = "delete_shipment",
    tag = "shop",
    params(("number" = String, Path, description = "Order number"), ("key" = String, Path, description = "Parcel")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn delete_shipment(
    State(app): State<App>,
    caller: Caller,
    Path((number, key)): Path<(String, String)>,
) -> Answer<StatusCode> {
    write::delete_order(&app, &caller, &number, Some(&key)).await?;
    Ok(StatusCode::NO_CONTENT)
}
