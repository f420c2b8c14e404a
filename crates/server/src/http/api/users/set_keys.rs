//! PUT /api/v1/users/me/keys

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::keys::{self, Keys};

/// Chooses keys. Two actions never have the same.
#[utoipa::path(
    put,
    path = "/users/me/keys",
    operation_id = "set_my_keys",
    tag = "users",
    request_body = Keys,
    responses((status = 200, body = Keys), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn set_keys(State(app): State<App>, caller: Caller, Json(wanted): Json<Keys>) -> Answer<Json<Keys>> {
    Ok(Json(keys::set(&app, &caller, wanted).await?))
}
