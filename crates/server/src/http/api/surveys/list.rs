//! GET /api/v1/surveys

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::survey::view::{self, SurveyFilter, SurveyView};

/// Customers who were asked how satisfied they are, newest first.
#[utoipa::path(
    get,
    path = "/surveys",
    operation_id = "list_surveys",
    tag = "surveys",
    params(SurveyFilter, Paging),
    responses((status = 200, body = List<SurveyView>), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<SurveyFilter>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<SurveyView>>> {
    let page = view::list(&app, &caller, &filter, paging.after()?, paging.limit()?).await?;
    Ok(Json(page.into()))
}
