//! GET /api/v1/templates/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::template_list::{self, TemplateView};
use uuid::Uuid;

/// One template.
#[utoipa::path(
    get,
    path = "/templates/{id}",
    operation_id = "get_template",
    tag = "templates",
    params(("id" = Uuid, Path, description = "Template")),
    responses((status = 200, body = TemplateView), Problems),
    extensions(("x-permission" = json!("channel.read")))
)]
pub async fn get(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<TemplateView>> {
    Ok(Json(template_list::get(&app, &caller, id).await?))
}
