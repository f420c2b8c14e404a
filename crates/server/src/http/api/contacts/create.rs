//! POST /api/v1/contacts

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::contact::create::{self, NewContact};
use rapport_app::contact::view::ContactView;

/// Makes a contact. Answers 409 `contact_exists` with the `id` of the one that has the number or address already.
#[utoipa::path(
    post,
    path = "/contacts",
    operation_id = "create_contact",
    tag = "contacts",
    request_body = NewContact,
    responses((status = 201, body = ContactView), Problems),
    extensions(("x-permission" = json!("contact.write")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewContact>,
) -> Answer<(StatusCode, Json<ContactView>)> {
    Ok((StatusCode::CREATED, Json(create::create(&app, &caller, new).await?)))
}
