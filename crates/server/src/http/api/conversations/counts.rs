//! GET /api/v1/conversations/counts

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::list::{self, ConversationCounts};

/// How many open conversations each view holds.
#[utoipa::path(
    get,
    path = "/conversations/counts",
    operation_id = "count_conversations",
    tag = "conversations",
    responses((status = 200, body = ConversationCounts), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn counts(State(app): State<App>, caller: Caller) -> Answer<Json<ConversationCounts>> {
    Ok(Json(list::counts(&app, &caller).await?))
}
