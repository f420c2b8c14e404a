//! PATCH /api/v1/tags/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::tag::{self, TagPatch, TagView};
use uuid::Uuid;

/// Changes a tag. A new name is its name everywhere: on contacts, in campaigns that are not over, among skills.
#[utoipa::path(
    patch,
    path = "/tags/{id}",
    operation_id = "update_tag",
    tag = "tags",
    params(("id" = Uuid, Path, description = "Tag")),
    request_body = TagPatch,
    responses((status = 200, body = TagView), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<TagPatch>,
) -> Answer<Json<TagView>> {
    Ok(Json(tag::update(&app, &caller, id, given).await?))
}
