//! GET /api/v1/users

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::users::{self, UserView};

/// Everybody who works here, in the order they were added.
#[utoipa::path(
    get,
    path = "/users",
    operation_id = "list_users",
    tag = "users",
    params(Paging),
    responses((status = 200, body = List<UserView>), Problems),
    extensions(("x-permission" = json!("user.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<UserView>>> {
    let page = users::list(&app, &caller, paging.after()?, paging.limit()?).await?;
    Ok(Json(page.into()))
}
