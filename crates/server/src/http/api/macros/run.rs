//! POST /api/v1/macros/{id}/run

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::macros::run::{self as steps, MacroRun, MacroRunRequest};
use uuid::Uuid;

/// Runs a macro on a conversation. What goes wrong names the action, and nothing else is changed.
#[utoipa::path(
    post,
    path = "/macros/{id}/run",
    operation_id = "run_macro",
    tag = "macros",
    params(("id" = Uuid, Path, description = "Macro")),
    request_body = MacroRunRequest,
    responses((status = 200, body = MacroRun), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn run(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<MacroRunRequest>,
) -> Answer<Json<MacroRun>> {
    Ok(Json(steps::run(&app, &caller, id, given).await?))
}
