//! GET /api/v1/messages/{id}/reading

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::understanding::reading::{self, ReadingView};
use uuid::Uuid;

/// What is understood of a customer's message, with the words that decided: read at this moment with the hot words, the
/// model and the products that are in force.
#[utoipa::path(
    get,
    path = "/messages/{id}/reading",
    operation_id = "read_message_reading",
    tag = "messages",
    params(("id" = Uuid, Path, description = "Message")),
    responses((status = 200, body = ReadingView), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn reading(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<ReadingView>> {
    Ok(Json(reading::of_message(&app, &caller, id.into()).await?))
}
