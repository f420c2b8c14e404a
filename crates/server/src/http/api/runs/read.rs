//! GET /api/v1/runs/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::rule::runs;
use rapport_app::rule::view::RunView;
use uuid::Uuid;

/// One run with its explanation.
#[utoipa::path(
    get,
    path = "/runs/{id}",
    operation_id = "read_run",
    tag = "rules",
    params(("id" = Uuid, Path, description = "Run")),
    responses((status = 200, body = RunView), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<RunView>> {
    Ok(Json(runs::get(&app, &caller, id).await?))
}
