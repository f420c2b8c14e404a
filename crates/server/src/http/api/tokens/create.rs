//! POST /api/v1/tokens

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::account::tokens::{self, CreatedToken, NewToken};

/// Makes an API token. Its secret is in this answer and never shown again.
#[utoipa::path(
    post,
    path = "/tokens",
    operation_id = "create_token",
    tag = "tokens",
    request_body = NewToken,
    responses((status = 201, body = CreatedToken), Problems),
    extensions(("x-permission" = json!("token.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewToken>,
) -> Answer<(StatusCode, Json<CreatedToken>)> {
    Ok((StatusCode::CREATED, Json(tokens::create(&app, &caller, new).await?)))
}
