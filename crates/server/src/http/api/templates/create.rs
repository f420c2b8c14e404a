//! POST /api/v1/templates

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::channel::template_draft::NewTemplate;
use rapport_app::channel::template_list::TemplateView;
use rapport_app::channel::template_write;

/// Submits a template for review. Answers 422 `template_invalid` with all `template_problems` when it breaks rules of
/// the provider, and another code with the provider's `reason` and our `advice` when the provider refuses it.
#[utoipa::path(
    post,
    path = "/templates",
    operation_id = "create_template",
    tag = "templates",
    request_body = NewTemplate,
    responses((status = 201, body = TemplateView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewTemplate>,
) -> Answer<(StatusCode, Json<TemplateView>)> {
    Ok((StatusCode::CREATED, Json(template_write::create(&app, &caller, new).await?)))
}
