//! GET /api/v1/sessions

use crate::http::{Answer, Caller, Json, List, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::auth::session::{self, SessionView};

/// The signed-in browsers of the person who asks, last used first.
#[utoipa::path(
    get,
    path = "/sessions",
    operation_id = "list_sessions",
    tag = "session",
    responses((status = 200, body = List<SessionView>), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn list(State(app): State<App>, caller: Caller) -> Answer<Json<List<SessionView>>> {
    Ok(Json(List::all(session::list(&app, &caller).await?)))
}
