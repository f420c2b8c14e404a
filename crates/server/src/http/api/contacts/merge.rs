//! POST /api/v1/contacts/{id}/merge

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::merge::{self, MergeContact, MergedContact};
use uuid::Uuid;

/// Makes one contact of two that are the same person. The one of the path stays, with its values; everything of the
/// other one goes to it, and open conversations of one chat become one. `merge_id` takes it back.
#[utoipa::path(
    post,
    path = "/contacts/{id}/merge",
    operation_id = "merge_contacts",
    tag = "contacts",
    params(("id" = Uuid, Path, description = "The contact that stays")),
    request_body = MergeContact,
    responses((status = 200, body = MergedContact), Problems),
    extensions(("x-permission" = json!("contact.write")))
)]
pub async fn merge(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<MergeContact>,
) -> Answer<Json<MergedContact>> {
    Ok(Json(merge::merge(&app, &caller, id.into(), given).await?))
}
