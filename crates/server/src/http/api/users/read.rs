//! GET /api/v1/users/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::users::{self, UserView};
use uuid::Uuid;

/// One user.
#[utoipa::path(
    get,
    path = "/users/{id}",
    operation_id = "read_user",
    tag = "users",
    params(("id" = Uuid, Path, description = "User")),
    responses((status = 200, body = UserView), Problems),
    extensions(("x-permission" = json!("user.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<UserView>> {
    Ok(Json(users::get(&app, &caller, id.into()).await?))
}
