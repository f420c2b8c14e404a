//! POST /api/v1/users/me/password

use crate::http::api::session::cookies::{self, SetCookie};
use crate::http::{Address, Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::AppendHeaders;
use rapport_app::App;
use rapport_app::account::me::{self, PasswordChange};

/// Changes one's own password. Every session ends; the asking browser gets a new one.
#[utoipa::path(
    post,
    path = "/users/me/password",
    operation_id = "change_password",
    tag = "users",
    request_body = PasswordChange,
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Address(address): Address,
    Json(change): Json<PasswordChange>,
) -> Answer<(StatusCode, AppendHeaders<[SetCookie; 1]>)> {
    let secret = me::change_password(&app, &caller, address, change).await?;
    let cookie = cookies::session(&secret.expose(), app.settings.is_https());
    Ok((StatusCode::NO_CONTENT, AppendHeaders([cookie])))
}
