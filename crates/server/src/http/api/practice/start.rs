//! POST /api/v1/practice/scenarios/{kind}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::practice::{self, RunView};

/// Starts a scenario: its customer writes in a moment, in the language of the caller's screen, and the conversation is
/// the caller's. Only while practising (`not_practising`); three at a time, each kind once (`too_many_running`,
/// `already_running`); `practice_full` after 200 in one room.
#[utoipa::path(
    post,
    path = "/practice/scenarios/{kind}",
    operation_id = "start_practice_scenario",
    tag = "practice",
    params(("kind" = String, Path, description = "`order`, `size`, `photo`, `refund` or `window`")),
    responses((status = 201, body = RunView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn start(
    State(app): State<App>,
    caller: Caller,
    Path(kind): Path<String>,
) -> Answer<(StatusCode, Json<RunView>)> {
    Ok((StatusCode::CREATED, Json(practice::start(&app, &caller, &kind).await?)))
}
