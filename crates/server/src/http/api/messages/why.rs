//! GET /api/v1/messages/{id}/why

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::thread::{self, Why};
use uuid::Uuid;

/// Why a message went, waits or was refused, and every try to hand it over.
#[utoipa::path(
    get,
    path = "/messages/{id}/why",
    operation_id = "explain_message",
    tag = "messages",
    params(("id" = Uuid, Path, description = "Message")),
    responses((status = 200, body = Why), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn why(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<Why>> {
    Ok(Json(thread::why(&app, &caller, id.into()).await?))
}
