//! PUT /api/v1/routing/agents/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::routing::agents::{self, AgentPut, AgentView};
use uuid::Uuid;

/// Writes what an agent can do, how much they take and when they work.
#[utoipa::path(
    put,
    path = "/routing/agents/{id}",
    operation_id = "put_agent",
    tag = "routing",
    params(("id" = Uuid, Path, description = "User")),
    request_body = AgentPut,
    responses((status = 200, body = AgentView), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn put_agent(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<AgentPut>,
) -> Answer<Json<AgentView>> {
    Ok(Json(agents::put(&app, &caller, id.into(), given).await?))
}
