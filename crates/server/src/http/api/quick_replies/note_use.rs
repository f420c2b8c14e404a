//! POST /api/v1/quick-replies/{id}/use

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::quick_reply::find;
use uuid::Uuid;

/// Counts that the caller has used a quick reply; it stands further up from then on.
#[utoipa::path(
    post,
    path = "/quick-replies/{id}/use",
    operation_id = "use_quick_reply",
    tag = "quick replies",
    params(("id" = Uuid, Path, description = "Quick reply")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn note_use(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    find::used(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
