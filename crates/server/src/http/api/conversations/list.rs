//! GET /api/v1/conversations

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::list::{self, ConversationFilter};
use rapport_app::inbox::view::ConversationView;

/// The inbox: conversations by view, status and whatever else is asked for.
#[utoipa::path(
    get,
    path = "/conversations",
    operation_id = "list_conversations",
    tag = "conversations",
    params(ConversationFilter, Paging),
    responses((status = 200, body = List<ConversationView>), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<ConversationFilter>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<ConversationView>>> {
    let (items, next) = list::list(&app, &caller, filter, paging.after()?, paging.limit()?).await?;
    Ok(Json(List::page(items, next.as_ref())))
}
