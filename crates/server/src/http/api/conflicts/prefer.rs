//! PUT /api/v1/conflicts/preferences

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::connection::conflict::{self, Preference};

/// Notes whose value of a field stays from now on when both sides change it; `newest` takes such a rule away.
#[utoipa::path(
    put,
    path = "/conflicts/preferences",
    operation_id = "set_conflict_preference",
    tag = "conflicts",
    request_body = Preference,
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn prefer(State(app): State<App>, caller: Caller, Json(given): Json<Preference>) -> Answer<StatusCode> {
    conflict::prefer(&app, &caller, given).await?;
    Ok(StatusCode::NO_CONTENT)
}
