//! GET /api/v1/contacts/{id}/guard

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::may_send::{self, MaySend};
use uuid::Uuid;

/// What may be sent to this contact now over each channel - a free text, a service notice, a promotion - and why not.
#[utoipa::path(
    get,
    path = "/contacts/{id}/guard",
    operation_id = "read_contact_guard",
    tag = "contacts",
    params(("id" = Uuid, Path, description = "Contact")),
    responses((status = 200, body = MaySend), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn guard(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<MaySend>> {
    Ok(Json(may_send::of(&app, &caller, id.into()).await?))
}
