//! GET /api/v1/quick-replies/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::quick_reply::{QuickReplyView, find};
use uuid::Uuid;

/// One quick reply.
#[utoipa::path(
    get,
    path = "/quick-replies/{id}",
    operation_id = "read_quick_reply",
    tag = "quick replies",
    params(("id" = Uuid, Path, description = "Quick reply")),
    responses((status = 200, body = QuickReplyView), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<QuickReplyView>> {
    Ok(Json(find::get(&app, &caller, id).await?))
}
