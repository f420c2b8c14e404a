//! DELETE /api/v1/sessions/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::auth::session;
use uuid::Uuid;

/// Signs one of one's own browsers out.
#[utoipa::path(
    delete,
    path = "/sessions/{id}",
    operation_id = "revoke_session",
    tag = "session",
    params(("id" = Uuid, Path, description = "Session")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn revoke(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    session::revoke(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
