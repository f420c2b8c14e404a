//! POST /api/v1/contact-merges/{id}/undo

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::part::{self, PartedContacts};
use uuid::Uuid;

/// Parts two contacts again that were made one, within 30 days: each has the ids, conversations, orders, tags, records
/// and values it had; what came since stays where it came. They are not suggested as the same person again.
#[utoipa::path(
    post,
    path = "/contact-merges/{id}/undo",
    operation_id = "undo_contact_merge",
    tag = "contacts",
    params(("id" = Uuid, Path, description = "Merge")),
    responses((status = 200, body = PartedContacts), Problems),
    extensions(("x-permission" = json!("contact.write")))
)]
pub async fn undo(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<PartedContacts>> {
    Ok(Json(part::part(&app, &caller, id).await?))
}
