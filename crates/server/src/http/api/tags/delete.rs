//! DELETE /api/v1/tags/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::tag::merge;
use uuid::Uuid;

/// Removes a tag, also from everybody who carries it.
#[utoipa::path(
    delete,
    path = "/tags/{id}",
    operation_id = "delete_tag",
    tag = "tags",
    params(("id" = Uuid, Path, description = "Tag")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    merge::delete(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
