//! GET /api/v1/workspace

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::workspace::{self, WorkspaceView};

/// The caller's workspace.
#[utoipa::path(
    get,
    path = "/workspace",
    operation_id = "read_workspace",
    tag = "workspace",
    responses((status = 200, body = WorkspaceView), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn read(State(app): State<App>, caller: Caller) -> Answer<Json<WorkspaceView>> {
    Ok(Json(workspace::get(&app, &caller).await?))
}
