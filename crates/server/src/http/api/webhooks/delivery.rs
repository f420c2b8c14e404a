//! GET /api/v1/webhooks/{id}/deliveries/{delivery}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::webhook::log;
use rapport_app::webhook::view::WholeDelivery;
use uuid::Uuid;

/// One delivery with its body.
#[utoipa::path(
    get,
    path = "/webhooks/{id}/deliveries/{delivery}",
    operation_id = "read_webhook_delivery",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Webhook"), ("delivery" = Uuid, Path, description = "Delivery")),
    responses((status = 200, body = WholeDelivery), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn delivery(
    State(app): State<App>,
    caller: Caller,
    Path((id, delivery)): Path<(Uuid, Uuid)>,
) -> Answer<Json<WholeDelivery>> {
    Ok(Json(log::get(&app, &caller, id, delivery).await?))
}
