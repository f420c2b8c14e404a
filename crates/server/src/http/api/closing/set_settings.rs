//! PATCH /api/v1/closing-settings

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::closing::settings::{self as chosen, ClosingSettings, ClosingSettingsPatch};

/// Changes what must be said when a conversation is resolved.
#[utoipa::path(
    patch,
    path = "/closing-settings",
    operation_id = "update_closing_settings",
    tag = "closing",
    request_body = ClosingSettingsPatch,
    responses((status = 200, body = ClosingSettings), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn set_settings(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<ClosingSettingsPatch>,
) -> Answer<Json<ClosingSettings>> {
    Ok(Json(chosen::update(&app, &caller, given).await?))
}
