//! POST /api/v1/tags

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::tag::{self, NewTag, TagView};

/// Makes a tag.
#[utoipa::path(
    post,
    path = "/tags",
    operation_id = "create_tag",
    tag = "tags",
    request_body = NewTag,
    responses((status = 201, body = TagView), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<NewTag>,
) -> Answer<(StatusCode, Json<TagView>)> {
    Ok((StatusCode::CREATED, Json(tag::create(&app, &caller, given).await?)))
}
