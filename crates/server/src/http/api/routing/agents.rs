//! GET /api/v1/routing/agents

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::routing::agents::{self, AgentView};

/// Everybody who may answer: whether they are there, what they have, what they can do.
#[utoipa::path(
    get,
    path = "/routing/agents",
    operation_id = "list_agents",
    tag = "routing",
    responses((status = 200, body = Vec<AgentView>), Problems),
    extensions(("x-permission" = json!("user.read")))
)]
pub async fn agents(State(app): State<App>, caller: Caller) -> Answer<Json<Vec<AgentView>>> {
    Ok(Json(agents::list(&app, &caller).await?))
}
