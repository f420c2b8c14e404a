//! GET /api/v1/practice

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::practice::{self, PracticeView};

/// What can be practised, and the caller's own runs with what is said about them. For signed-in people, not for tokens.
#[utoipa::path(
    get,
    path = "/practice",
    operation_id = "read_practice",
    tag = "practice",
    responses((status = 200, body = PracticeView), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn read(State(app): State<App>, caller: Caller) -> Answer<Json<PracticeView>> {
    Ok(Json(practice::get(&app, &caller).await?))
}
