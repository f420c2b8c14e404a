//! GET /api/v1/closing-settings

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::closing::settings::{self as chosen, ClosingSettings};

/// What must be said when a conversation is resolved.
#[utoipa::path(
    get,
    path = "/closing-settings",
    operation_id = "read_closing_settings",
    tag = "closing",
    responses((status = 200, body = ClosingSettings), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn settings(State(app): State<App>, caller: Caller) -> Answer<Json<ClosingSettings>> {
    Ok(Json(chosen::get(&app, &caller).await?))
}
