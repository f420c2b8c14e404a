//! GET /api/v1/conflicts

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection::conflict::{self, ConflictFilter, ConflictView};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which part of them is wanted.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// Those that were settled, instead of those that wait.
    pub settled: bool,
}

/// Values of contacts and their records that lost when both sides had changed, those found first at the beginning.
#[utoipa::path(
    get,
    path = "/conflicts",
    operation_id = "list_conflicts",
    tag = "conflicts",
    params(ConflictFilter, Part, Paging),
    responses((status = 200, body = List<ConflictView>), Problems),
    extensions(("x-permission" = json!("connection.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<ConflictFilter>,
    Query(part): Query<Part>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<ConflictView>>> {
    let page = conflict::list(&app, &caller, filter, part.settled, paging.after()?, paging.limit()?).await?;
    Ok(Json(page.into()))
}
