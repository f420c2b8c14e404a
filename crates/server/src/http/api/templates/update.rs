//! PATCH /api/v1/templates/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::template_draft::TemplatePatch;
use rapport_app::channel::template_list::TemplateView;
use rapport_app::channel::template_write;
use uuid::Uuid;

/// Edits an approved, rejected or paused template, which is reviewed again. Answers 409 `template_state` in any other
/// status, 422 as when one is created.
#[utoipa::path(
    patch,
    path = "/templates/{id}",
    operation_id = "update_template",
    tag = "templates",
    params(("id" = Uuid, Path, description = "Template")),
    request_body = TemplatePatch,
    responses((status = 200, body = TemplateView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<TemplatePatch>,
) -> Answer<Json<TemplateView>> {
    Ok(Json(template_write::edit(&app, &caller, id, patch).await?))
}
