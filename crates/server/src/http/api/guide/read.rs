//! GET /api/v1/guide

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::guide::{self, GuideView};

/// The steps from nothing to the first answered message, each with the one thing to do next, computed from what is
/// there. Put away and taken out again with `guide_hidden` of `PATCH /users/me`. For signed-in people, not for tokens.
#[utoipa::path(
    get,
    path = "/guide",
    operation_id = "read_guide",
    tag = "guide",
    responses((status = 200, body = GuideView), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn read(State(app): State<App>, caller: Caller) -> Answer<Json<GuideView>> {
    Ok(Json(guide::get(&app, &caller).await?))
}
