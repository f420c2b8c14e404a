//! DELETE /api/v1/tokens/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::account::tokens;
use uuid::Uuid;

/// Revokes an API token; it stops working at once.
#[utoipa::path(
    delete,
    path = "/tokens/{id}",
    operation_id = "revoke_token",
    tag = "tokens",
    params(("id" = Uuid, Path, description = "Token")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("token.manage")))
)]
pub async fn revoke(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    tokens::revoke(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
