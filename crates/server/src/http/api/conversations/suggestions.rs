//! GET /api/v1/conversations/{id}/template-suggestions

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::template_suggest::{self, TemplateSuggestion};
use uuid::Uuid;

/// The approved templates that fit a conversation best, at most five, best first, each with what speaks for it.
#[utoipa::path(
    get,
    path = "/conversations/{id}/template-suggestions",
    operation_id = "suggest_templates",
    tag = "conversations",
    params(("id" = Uuid, Path, description = "Conversation")),
    responses((status = 200, body = Vec<TemplateSuggestion>), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn suggestions(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Answer<Json<Vec<TemplateSuggestion>>> {
    Ok(Json(template_suggest::list(&app, &caller, id.into()).await?))
}
