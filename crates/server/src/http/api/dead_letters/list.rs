//! GET /api/v1/dead-letters

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection::dead::{self, DeadView};

/// Work that was given up, newest first, with the reason.
#[utoipa::path(
    get,
    path = "/dead-letters",
    operation_id = "list_dead_letters",
    tag = "dead-letters",
    params(Paging),
    responses((status = 200, body = List<DeadView>), Problems),
    extensions(("x-permission" = json!("operation.manage")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<DeadView>>> {
    Ok(Json(dead::list(&app, &caller, paging.after()?, paging.limit()?).await?.into()))
}
