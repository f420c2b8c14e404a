//! DELETE /api/v1/orders/{number}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::shop::write;

/// Removes an order with its parcels.
#[utoipa::path(
    delete,
    path = "/orders/{number}",
    operation_id = "delete_order",
    tag = "shop",
    params(("number" = String, Path, description = "Order number")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(number): Path<String>) -> Answer<StatusCode> {
    write::delete_order(&app, &caller, &number, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
