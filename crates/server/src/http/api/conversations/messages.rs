//! GET /api/v1/conversations/{id}/messages

use crate::http::{Answer, Caller, Json, List, Paging, Path, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::thread;
use rapport_app::inbox::view::MessageView;
use uuid::Uuid;

/// A thread, newest first; the next page is older.
#[utoipa::path(
    get,
    path = "/conversations/{id}/messages",
    operation_id = "list_messages",
    tag = "conversations",
    params(("id" = Uuid, Path, description = "Conversation"), Paging),
    responses((status = 200, body = List<MessageView>), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn messages(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<MessageView>>> {
    let (items, next) = thread::page(&app, &caller, id.into(), paging.after()?, paging.limit()?).await?;
    Ok(Json(List::page(items, next.as_ref())))
}
