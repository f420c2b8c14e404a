//! GET /api/v1/tags/{id}/uses

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::tag::{self, TagUses};
use uuid::Uuid;

/// Where a tag is used: what merging or removing it would change.
#[utoipa::path(
    get,
    path = "/tags/{id}/uses",
    operation_id = "read_tag_uses",
    tag = "tags",
    params(("id" = Uuid, Path, description = "Tag")),
    responses((status = 200, body = TagUses), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn uses(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<TagUses>> {
    Ok(Json(tag::uses(&app, &caller, id).await?))
}
