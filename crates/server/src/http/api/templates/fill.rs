//! POST /api/v1/templates/{id}/fill

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::template_fill::{self, FillRequest, FilledTemplate};
use uuid::Uuid;

/// Fills a template for a customer: with what was given, then the customer's data, then the fall-backs. Nothing is sent.
#[utoipa::path(
    post,
    path = "/templates/{id}/fill",
    operation_id = "fill_template",
    tag = "templates",
    params(("id" = Uuid, Path, description = "Template")),
    request_body = FillRequest,
    responses((status = 200, body = FilledTemplate), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn fill(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(request): Json<FillRequest>,
) -> Answer<Json<FilledTemplate>> {
    Ok(Json(template_fill::fill(&app, &caller, id, request).await?))
}
