//! GET /api/v1/conversations/matches

use crate::http::{Answer, Caller, Json, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::list::{self, ConversationFilter, ConversationMatches};

/// How many conversations a filter matches, as far as they can be changed at once (`POST /bulk-actions`).
#[utoipa::path(
    get,
    path = "/conversations/matches",
    operation_id = "count_matching_conversations",
    tag = "conversations",
    params(ConversationFilter),
    responses((status = 200, body = ConversationMatches), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn matches(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<ConversationFilter>,
) -> Answer<Json<ConversationMatches>> {
    Ok(Json(list::matches(&app, &caller, filter).await?))
}
