//! DELETE /api/v1/practice

use super::cookie;
use crate::http::api::session::cookies::SetCookie;
use crate::http::{Answer, Caller, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::AppendHeaders;
use rapport_app::App;
use rapport_app::practice;

/// Ends practice for everybody in the workspace: the room is closed at once, and everything in it is deleted. Done twice
/// it is as done once.
#[utoipa::path(
    delete,
    path = "/practice",
    operation_id = "end_practice",
    tag = "practice",
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn end(State(app): State<App>, caller: Caller) -> Answer<(StatusCode, AppendHeaders<[SetCookie; 1]>)> {
    practice::end(&app, &caller).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([cookie::outside(app.settings.is_https())])))
}
