//! PATCH /api/v1/surveys/settings

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::survey::settings::{self as chosen, SettingsPatch, SettingsView};

/// Changes whether, when and how customers are asked.
#[utoipa::path(
    patch,
    path = "/surveys/settings",
    operation_id = "update_survey_settings",
    tag = "surveys",
    request_body = SettingsPatch,
    responses((status = 200, body = SettingsView), Problems),
    extensions(("x-permission" = json!("workspace.manage")))
)]
pub async fn set_settings(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<SettingsPatch>,
) -> Answer<Json<SettingsView>> {
    Ok(Json(chosen::update(&app, &caller, given).await?))
}
