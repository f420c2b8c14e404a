//! DELETE /api/v1/users/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::account::users;
use uuid::Uuid;

/// Removes a user. What they wrote keeps their name.
#[utoipa::path(
    delete,
    path = "/users/{id}",
    operation_id = "delete_user",
    tag = "users",
    params(("id" = Uuid, Path, description = "User")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("user.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    users::delete(&app, &caller, id.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
