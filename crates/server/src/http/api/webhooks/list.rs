//! GET /api/v1/webhooks

use crate::http::{Answer, Caller, Json, List, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::Page;
use rapport_app::webhook::manage;
use rapport_app::webhook::view::WebhookView;

/// The webhooks in the order they were made; there are at most 50, so all of them.
#[utoipa::path(
    get,
    path = "/webhooks",
    operation_id = "list_webhooks",
    tag = "webhooks",
    responses((status = 200, body = List<WebhookView>), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn list(State(app): State<App>, caller: Caller) -> Answer<Json<List<WebhookView>>> {
    let items = manage::list(&app, &caller).await?;
    Ok(Json(Page { items, next: None }.into()))
}
