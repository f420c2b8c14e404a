//! POST /api/v1/hot-words/starters

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::understanding::words::{self, HotWordReport, StarterLists};

/// Takes starter lists over, some hundred and thirty words a language. Words that are there already stay as they are.
#[utoipa::path(
    post,
    path = "/hot-words/starters",
    operation_id = "take_over_hot_words",
    tag = "understanding",
    request_body = StarterLists,
    responses((status = 200, body = HotWordReport), Problems),
    extensions(("x-permission" = json!("rule.manage")))
)]
pub async fn starters(
    State(app): State<App>,
    caller: Caller,
    Json(lists): Json<StarterLists>,
) -> Answer<Json<HotWordReport>> {
    Ok(Json(words::take_over(&app, &caller, lists).await?))
}
