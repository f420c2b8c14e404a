//! POST /api/v1/tags/{id}/merge

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::tag::TagView;
use rapport_app::tag::merge::{self as tags, TagMerge};
use uuid::Uuid;

/// Makes a tag part of another one, which is answered. Its id and its name lead there from then on.
#[utoipa::path(
    post,
    path = "/tags/{id}/merge",
    operation_id = "merge_tag",
    tag = "tags",
    params(("id" = Uuid, Path, description = "Tag")),
    request_body = TagMerge,
    responses((status = 200, body = TagView), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn merge(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<TagMerge>,
) -> Answer<Json<TagView>> {
    Ok(Json(tags::merge(&app, &caller, id, given).await?))
}
