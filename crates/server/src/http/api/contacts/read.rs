//! GET /api/v1/contacts/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::list;
use rapport_app::contact::view::ContactView;
use uuid::Uuid;

/// One contact.
#[utoipa::path(
    get,
    path = "/contacts/{id}",
    operation_id = "read_contact",
    tag = "contacts",
    params(("id" = Uuid, Path, description = "Contact")),
    responses((status = 200, body = ContactView), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<ContactView>> {
    Ok(Json(list::get(&app, &caller, id.into()).await?))
}
