//! GET /api/v1/intents/desk

use crate::http::{Answer, Caller, Json, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::understanding::label::{self, DeskMessage, DeskQuery};

/// Messages of the last 60 days that nobody has said a word on, those first that the model is unsure of; at most 50.
#[utoipa::path(
    get,
    path = "/intents/desk",
    operation_id = "list_doubtful_messages",
    tag = "understanding",
    params(DeskQuery, Paging),
    responses((status = 200, body = Vec<DeskMessage>), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn desk(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<DeskQuery>,
    Query(paging): Query<Paging>,
) -> Answer<Json<Vec<DeskMessage>>> {
    Ok(Json(label::desk(&app, &caller, query, paging.limit()?).await?))
}
