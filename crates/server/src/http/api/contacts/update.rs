//! PATCH /api/v1/contacts/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::update::{self, ContactPatch};
use rapport_app::contact::view::ContactView;
use uuid::Uuid;

/// Changes a contact, here and in every CRM that is kept in step. Answers 409 `contact_exists` with the `id` of the one
/// that has the address already.
#[utoipa::path(
    patch,
    path = "/contacts/{id}",
    operation_id = "update_contact",
    tag = "contacts",
    params(("id" = Uuid, Path, description = "Contact")),
    request_body = ContactPatch,
    responses((status = 200, body = ContactView), Problems),
    extensions(("x-permission" = json!("contact.write")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<ContactPatch>,
) -> Answer<Json<ContactView>> {
    Ok(Json(update::update(&app, &caller, id.into(), patch).await?))
}
