//! POST /api/v1/duplicates/decide

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::likeness::{self, DecidePairs, DecidedPairs};

/// Says of up to 100 pairs of contacts that they are one person, or two. Each is done by itself: `refused` names those
/// that nothing was done to. Contacts that are said to be two are not suggested again.
#[utoipa::path(
    post,
    path = "/duplicates/decide",
    operation_id = "decide_duplicates",
    tag = "contacts",
    request_body = DecidePairs,
    responses((status = 200, body = DecidedPairs), Problems),
    extensions(("x-permission" = json!("contact.write")))
)]
pub async fn decide(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<DecidePairs>,
) -> Answer<Json<DecidedPairs>> {
    Ok(Json(likeness::decide(&app, &caller, given).await?))
}
