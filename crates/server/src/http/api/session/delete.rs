//! DELETE /api/v1/session

use super::cookies::{self, SetCookie};
use crate::http::api::practice::cookie::outside;
use crate::http::{Answer, Caller, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::AppendHeaders;
use rapport_app::App;
use rapport_app::auth;

/// Signs out.
#[utoipa::path(
    delete,
    path = "/session",
    operation_id = "sign_out",
    tag = "session",
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn delete(State(app): State<App>, caller: Caller) -> Answer<(StatusCode, AppendHeaders<[SetCookie; 2]>)> {
    auth::sign_out(&app, &caller).await?;
    let https = app.settings.is_https();
    Ok((StatusCode::NO_CONTENT, AppendHeaders([cookies::ended(https), outside(https)])))
}
