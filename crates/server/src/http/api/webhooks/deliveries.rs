//! GET /api/v1/webhooks/{id}/deliveries

use crate::http::{Answer, Caller, Json, List, Paging, Path, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::webhook::log::{self, DeliveryFilter};
use rapport_app::webhook::view::DeliveryView;
use uuid::Uuid;

/// What is on its way to a webhook and what became of it, newest first. What was taken is kept for 7 days, the rest for 30.
#[utoipa::path(
    get,
    path = "/webhooks/{id}/deliveries",
    operation_id = "list_webhook_deliveries",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Webhook"), DeliveryFilter, Paging),
    responses((status = 200, body = List<DeliveryView>), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn deliveries(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(filter): Query<DeliveryFilter>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<DeliveryView>>> {
    Ok(Json(log::list(&app, &caller, id, filter, paging.after()?, paging.limit()?).await?.into()))
}
