//! POST /api/v1/templates/check

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::template_draft::{self, TemplateCheck, TemplateDraft};

/// Checks a template against WhatsApp's rules, and with `channel_id` against what that channel's provider can take,
/// without submitting it.
#[utoipa::path(
    post,
    path = "/templates/check",
    operation_id = "check_template",
    tag = "templates",
    request_body = TemplateDraft,
    responses((status = 200, body = TemplateCheck), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn check(
    State(app): State<App>,
    caller: Caller,
    Json(draft): Json<TemplateDraft>,
) -> Answer<Json<TemplateCheck>> {
    Ok(Json(template_draft::check(&app, &caller, &draft).await?))
}
