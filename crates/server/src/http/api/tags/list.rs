//! GET /api/v1/tags

use crate::http::{Answer, Caller, Json, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::tag::{self, TagView};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which tags.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TagsQuery {
    /// Also those that are no longer offered.
    #[serde(default)]
    pub archived: bool,
}

/// The workspace's tags by name; there are 500 at most.
#[utoipa::path(
    get,
    path = "/tags",
    operation_id = "list_tags",
    tag = "tags",
    params(TagsQuery),
    responses((status = 200, body = Vec<TagView>), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<TagsQuery>,
) -> Answer<Json<Vec<TagView>>> {
    Ok(Json(tag::list(&app, &caller, filter.archived).await?))
}
