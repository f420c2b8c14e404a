//! PATCH /api/v1/workspace

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::workspace::{self, WorkspacePatch, WorkspaceView};

/// Changes the workspace.
#[utoipa::path(
    patch,
    path = "/workspace",
    operation_id = "update_workspace",
    tag = "workspace",
    request_body = WorkspacePatch,
    responses((status = 200, body = WorkspaceView), Problems),
    extensions(("x-permission" = json!("workspace.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Json(patch): Json<WorkspacePatch>,
) -> Answer<Json<WorkspaceView>> {
    Ok(Json(workspace::update(&app, &caller, patch).await?))
}
