//! PUT /api/v1/templates/{id}/fillings

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::template_fill::{self, FillingsPut};
use rapport_app::channel::template_list::TemplateView;
use uuid::Uuid;

/// Chooses what fills a template's blanks when nobody types it: the customer's data, and words for when that is not
/// known. This is the workspace's own choice; WhatsApp is not asked and nothing is reviewed again.
#[utoipa::path(
    put,
    path = "/templates/{id}/fillings",
    operation_id = "replace_template_fillings",
    tag = "templates",
    params(("id" = Uuid, Path, description = "Template")),
    request_body = FillingsPut,
    responses((status = 200, body = TemplateView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn set_fillings(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(put): Json<FillingsPut>,
) -> Answer<Json<TemplateView>> {
    Ok(Json(template_fill::choose(&app, &caller, id, put).await?))
}
