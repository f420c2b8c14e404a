//! POST /api/v1/templates/{id}/unpause

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::template_list::TemplateView;
use rapport_app::channel::template_write;
use uuid::Uuid;

/// Lets a paused template be sent again. Answers 409 `template_state` when it is not paused.
#[utoipa::path(
    post,
    path = "/templates/{id}/unpause",
    operation_id = "unpause_template",
    tag = "templates",
    params(("id" = Uuid, Path, description = "Template")),
    responses((status = 200, body = TemplateView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn unpause(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<TemplateView>> {
    Ok(Json(template_write::unpause(&app, &caller, id).await?))
}
