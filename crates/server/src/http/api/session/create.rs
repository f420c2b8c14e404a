//! POST /api/v1/session

use super::cookies::{self, SetCookie};
use crate::http::api::practice::cookie::outside;
use crate::http::caller::{DEVICE_COOKIE, SESSION_COOKIE, cookie};
use crate::http::{Address, Answer, Json, Problems};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::AppendHeaders;
use rapport_app::App;
use rapport_app::account::me::{self, Me};
use rapport_app::auth::{self, Attempt};
use serde::Deserialize;
use utoipa::ToSchema;

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Sign-in address.
    email: String,
    /// Password.
    password: String,
}

/// Signs in. Answers 401 `bad_credentials` whatever was wrong, 429 after too many failures.
#[utoipa::path(
    post,
    path = "/session",
    operation_id = "sign_in",
    tag = "session",
    request_body = SignIn,
    responses((status = 200, body = Me), Problems),
    extensions(("x-permission" = json!("public")))
)]
pub async fn create(
    State(app): State<App>,
    Address(address): Address,
    headers: HeaderMap,
    Json(given): Json<SignIn>,
) -> Answer<(AppendHeaders<[SetCookie; 3]>, Json<Me>)> {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let attempt = Attempt {
        email: given.email,
        password: given.password,
        address,
        device: cookie(&headers, DEVICE_COOKIE),
        user_agent: user_agent.to_owned(),
        previous: cookie(&headers, SESSION_COOKIE),
    };
    let signed_in = auth::sign_in(&app, attempt).await?;
    let https = app.settings.is_https();
    let cookies = AppendHeaders([
        cookies::session(&signed_in.secret.expose(), https),
        cookies::device(&signed_in.device, https),
        outside(https),
    ]);
    let me = me::get(&app, &signed_in.caller).await?;
    Ok((cookies, Json(me)))
}
