//! DELETE /api/v1/contacts/{id}/block

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::block::{self, BlockOn};
use rapport_app::contact::view::ContactView;
use uuid::Uuid;

/// Unblocks a contact on a number.
#[utoipa::path(
    delete,
    path = "/contacts/{id}/block",
    operation_id = "unblock_contact",
    tag = "contacts",
    params(("id" = Uuid, Path, description = "Contact")),
    request_body = BlockOn,
    responses((status = 200, body = ContactView), Problems),
    extensions(("x-permission" = json!("contact.write")))
)]
pub async fn unblock(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(on): Json<BlockOn>,
) -> Answer<Json<ContactView>> {
    Ok(Json(block::set(&app, &caller, id.into(), on, false).await?))
}
