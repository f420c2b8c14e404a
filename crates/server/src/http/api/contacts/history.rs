//! GET /api/v1/contacts/{id}/history

use crate::http::{Answer, Caller, Json, List, Paging, Path, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::history::{self, HistoryEntry};
use uuid::Uuid;

/// What happened to a contact, newest first: who changed which field from what to what, and which system it came from.
#[utoipa::path(
    get,
    path = "/contacts/{id}/history",
    operation_id = "list_contact_history",
    tag = "contacts",
    params(("id" = Uuid, Path, description = "Contact"), Paging),
    responses((status = 200, body = List<HistoryEntry>), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn history(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<HistoryEntry>>> {
    Ok(Json(history::list(&app, &caller, id.into(), paging.after()?, paging.limit()?).await?.into()))
}
