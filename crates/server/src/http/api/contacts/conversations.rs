//! GET /api/v1/contacts/{id}/conversations

use crate::http::{Answer, Caller, Json, List, Paging, Path, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::conversations;
use rapport_app::inbox::view::ConversationView;
use uuid::Uuid;

/// A contact's conversations on every channel, the newest line first.
#[utoipa::path(
    get,
    path = "/contacts/{id}/conversations",
    operation_id = "list_contact_conversations",
    tag = "contacts",
    params(("id" = Uuid, Path, description = "Contact"), Paging),
    responses((status = 200, body = List<ConversationView>), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn conversations(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<ConversationView>>> {
    let (items, next) = conversations::list(&app, &caller, id.into(), paging.after()?, paging.limit()?).await?;
    Ok(Json(List::page(items, next.as_ref())))
}
