//! POST /api/v1/contacts/{id}/consents

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::contact::consent::{self, NewConsent};
use rapport_app::contact::view::ConsentView;
use uuid::Uuid;

/// Writes down what a contact agreed to; it counts from now on.
#[utoipa::path(
    post,
    path = "/contacts/{id}/consents",
    operation_id = "create_consent",
    tag = "contacts",
    params(("id" = Uuid, Path, description = "Contact")),
    request_body = NewConsent,
    responses((status = 201, body = ConsentView), Problems),
    extensions(("x-permission" = json!("contact.write")))
)]
pub async fn consent(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(new): Json<NewConsent>,
) -> Answer<(StatusCode, Json<ConsentView>)> {
    Ok((StatusCode::CREATED, Json(consent::note(&app, &caller, id.into(), new).await?)))
}
