//! GET /api/v1/routing/queue

use crate::http::{Answer, Caller, Json, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::routing::policy::{self, WaitingView};

/// Conversations that wait for an agent, the longest waiting first, and why nobody has them.
#[utoipa::path(
    get,
    path = "/routing/queue",
    operation_id = "read_routing_queue",
    tag = "routing",
    params(Paging),
    responses((status = 200, body = Vec<WaitingView>), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn queue(
    State(app): State<App>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Vec<WaitingView>>> {
    Ok(Json(policy::queue(&app, &caller, paging.limit()?).await?))
}
