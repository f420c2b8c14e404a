//! POST /api/v1/users

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::account::users::{self, NewUser, UserView};

/// Adds a user.
#[utoipa::path(
    post,
    path = "/users",
    operation_id = "create_user",
    tag = "users",
    request_body = NewUser,
    responses((status = 201, body = UserView), Problems),
    extensions(("x-permission" = json!("user.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewUser>,
) -> Answer<(StatusCode, Json<UserView>)> {
    Ok((StatusCode::CREATED, Json(users::create(&app, &caller, new).await?)))
}
