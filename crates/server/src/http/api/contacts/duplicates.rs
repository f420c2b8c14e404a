//! GET /api/v1/contacts/{id}/duplicates

use crate::http::{Answer, Caller, Json, List, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::likeness::{self, Suggestion};
use uuid::Uuid;

/// Who may be the same person as a contact, the likeliest first, with the reasons.
#[utoipa::path(
    get,
    path = "/contacts/{id}/duplicates",
    operation_id = "list_contact_duplicates",
    tag = "contacts",
    params(("id" = Uuid, Path, description = "Contact")),
    responses((status = 200, body = List<Suggestion>), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn duplicates(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Answer<Json<List<Suggestion>>> {
    Ok(Json(List::page(likeness::of_contact(&app, &caller, id.into()).await?, None::<&()>)))
}
