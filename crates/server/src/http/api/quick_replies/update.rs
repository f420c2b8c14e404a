//! PATCH /api/v1/quick-replies/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::quick_reply::QuickReplyView;
use rapport_app::quick_reply::manage::{self, QuickReplyPatch};
use uuid::Uuid;

/// Changes a quick reply.
#[utoipa::path(
    patch,
    path = "/quick-replies/{id}",
    operation_id = "update_quick_reply",
    tag = "quick replies",
    params(("id" = Uuid, Path, description = "Quick reply")),
    request_body = QuickReplyPatch,
    responses((status = 200, body = QuickReplyView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<QuickReplyPatch>,
) -> Answer<Json<QuickReplyView>> {
    Ok(Json(manage::update(&app, &caller, id, patch).await?))
}
