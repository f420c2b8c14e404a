//! POST /api/v1/macros

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::macros::{self, MacroView, NewMacro};

/// Makes a macro: one's own, or, by who leads a team, everybody's.
#[utoipa::path(
    post,
    path = "/macros",
    operation_id = "create_macro",
    tag = "macros",
    request_body = NewMacro,
    responses((status = 201, body = MacroView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<NewMacro>,
) -> Answer<(StatusCode, Json<MacroView>)> {
    Ok((StatusCode::CREATED, Json(macros::create(&app, &caller, given).await?)))
}
