//! GET /api/v1/contacts/{id}/understanding

use crate::http::{Answer, Caller, Json, Path, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::understanding::reading::{self, ContactUnderstanding, MoodQuery};
use uuid::Uuid;

/// How content a customer sounds over time, and which hot words they say.
#[utoipa::path(
    get,
    path = "/contacts/{id}/understanding",
    operation_id = "read_contact_understanding",
    tag = "contacts",
    params(("id" = Uuid, Path, description = "Contact"), MoodQuery),
    responses((status = 200, body = ContactUnderstanding), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn understanding(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<MoodQuery>,
) -> Answer<Json<ContactUnderstanding>> {
    Ok(Json(reading::of_contact(&app, &caller, id, query).await?))
}
