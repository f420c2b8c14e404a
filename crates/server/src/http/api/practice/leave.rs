//! POST /api/v1/practice/leave

use super::cookie;
use crate::http::api::session::cookies::SetCookie;
use crate::http::{Answer, Caller, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::AppendHeaders;
use rapport_app::App;

/// Goes back to work in this browser; the practice room stays as it is.
#[utoipa::path(
    post,
    path = "/practice/leave",
    operation_id = "leave_practice",
    tag = "practice",
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn leave(State(app): State<App>, _: Caller) -> Answer<(StatusCode, AppendHeaders<[SetCookie; 1]>)> {
    Ok((StatusCode::NO_CONTENT, AppendHeaders([cookie::outside(app.settings.is_https())])))
}
