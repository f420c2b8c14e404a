//! PATCH /api/v1/users/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::users::{self, UserPatch, UserView};
use uuid::Uuid;

/// Changes a user. A new role, password or closed account ends their sessions.
#[utoipa::path(
    patch,
    path = "/users/{id}",
    operation_id = "update_user",
    tag = "users",
    params(("id" = Uuid, Path, description = "User")),
    request_body = UserPatch,
    responses((status = 200, body = UserView), Problems),
    extensions(("x-permission" = json!("user.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<UserPatch>,
) -> Answer<Json<UserView>> {
    Ok(Json(users::update(&app, &caller, id.into(), patch).await?))
}
