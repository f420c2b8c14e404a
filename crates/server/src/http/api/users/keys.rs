//! GET /api/v1/users/me/keys

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::keys::{self, Keys};

/// The keys the signed-in person chose.
#[utoipa::path(
    get,
    path = "/users/me/keys",
    operation_id = "read_my_keys",
    tag = "users",
    responses((status = 200, body = Keys), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn keys(State(app): State<App>, caller: Caller) -> Answer<Json<Keys>> {
    Ok(Json(keys::get(&app, &caller).await?))
}
