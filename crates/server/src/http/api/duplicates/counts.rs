//! GET /api/v1/duplicates/counts

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::likeness::{self, DuplicateCounts};

/// How many pairs of contacts wait for somebody to look at them.
#[utoipa::path(
    get,
    path = "/duplicates/counts",
    operation_id = "count_duplicates",
    tag = "contacts",
    responses((status = 200, body = DuplicateCounts), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn counts(State(app): State<App>, caller: Caller) -> Answer<Json<DuplicateCounts>> {
    Ok(Json(likeness::counts(&app, &caller).await?))
}
