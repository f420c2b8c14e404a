//! GET /api/v1/surveys/figures

use crate::http::{Answer, Caller, Json, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::survey::view::{self, SurveyFigures, SurveyFilter};

/// How satisfied customers were: count, mean, distribution, by agent.
#[utoipa::path(
    get,
    path = "/surveys/figures",
    operation_id = "read_survey_figures",
    tag = "surveys",
    params(SurveyFilter),
    responses((status = 200, body = SurveyFigures), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn figures(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<SurveyFilter>,
) -> Answer<Json<SurveyFigures>> {
    Ok(Json(view::figures(&app, &caller, &filter).await?))
}
