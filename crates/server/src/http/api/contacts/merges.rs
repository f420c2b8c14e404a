//! GET /api/v1/contacts/{id}/merges

use crate::http::{Answer, Caller, Json, List, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::part::{self, MergeView};
use uuid::Uuid;

/// The contacts that became part of one within 30 days and can be parted from it again, the latest first.
#[utoipa::path(
    get,
    path = "/contacts/{id}/merges",
    operation_id = "list_contact_merges",
    tag = "contacts",
    params(("id" = Uuid, Path, description = "Contact")),
    responses((status = 200, body = List<MergeView>), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn merges(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<List<MergeView>>> {
    Ok(Json(List::page(part::merges(&app, &caller, id.into()).await?, None::<&()>)))
}
