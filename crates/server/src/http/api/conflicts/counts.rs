//! GET /api/v1/conflicts/counts

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection::conflict::{self, ConflictCounts};

/// How many differences wait, by field, with the rules there are and those that people's choices suggest.
#[utoipa::path(
    get,
    path = "/conflicts/counts",
    operation_id = "count_conflicts",
    tag = "conflicts",
    responses((status = 200, body = ConflictCounts), Problems),
    extensions(("x-permission" = json!("connection.read")))
)]
pub async fn counts(State(app): State<App>, caller: Caller) -> Answer<Json<ConflictCounts>> {
    Ok(Json(conflict::counts(&app, &caller).await?))
}
