//! GET /api/v1/session

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::me::{self, Me};

/// Who is signed in. For signed-in people, not for tokens.
#[utoipa::path(
    get,
    path = "/session",
    operation_id = "read_session",
    tag = "session",
    responses((status = 200, body = Me), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn read(State(app): State<App>, caller: Caller) -> Answer<Json<Me>> {
    Ok(Json(me::get(&app, &caller).await?))
}
