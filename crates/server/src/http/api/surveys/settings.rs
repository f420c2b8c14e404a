//! GET /api/v1/surveys/settings

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::survey::settings::{self as chosen, SettingsView};

/// Whether, when and how customers are asked.
#[utoipa::path(
    get,
    path = "/surveys/settings",
    operation_id = "read_survey_settings",
    tag = "surveys",
    responses((status = 200, body = SettingsView), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn settings(State(app): State<App>, caller: Caller) -> Answer<Json<SettingsView>> {
    Ok(Json(chosen::get(&app, &caller).await?))
}
