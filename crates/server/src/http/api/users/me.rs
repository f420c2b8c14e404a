//! PATCH /api/v1/users/me

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::me;
use rapport_app::account::users::{MePatch, UserView};

/// Changes what people may change about themselves. For signed-in people, not for tokens.
#[utoipa::path(
    patch,
    path = "/users/me",
    operation_id = "update_me",
    tag = "users",
    request_body = MePatch,
    responses((status = 200, body = UserView), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn update(State(app): State<App>, caller: Caller, Json(patch): Json<MePatch>) -> Answer<Json<UserView>> {
    Ok(Json(me::update(&app, &caller, patch).await?))
}
