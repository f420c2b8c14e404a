//! POST /api/v1/template-library

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::channel::template_library::{self, NewFromLibrary};
use rapport_app::channel::template_list::TemplateView;

/// Makes a template of an entry of the library; WhatsApp mostly approves it at once. Its words follow with the next
/// reading of all templates, within minutes.
#[utoipa::path(
    post,
    path = "/template-library",
    operation_id = "create_template_from_library",
    tag = "templates",
    request_body = NewFromLibrary,
    responses((status = 201, body = TemplateView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn from_library(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewFromLibrary>,
) -> Answer<(StatusCode, Json<TemplateView>)> {
    Ok((StatusCode::CREATED, Json(template_library::create(&app, &caller, new).await?)))
}
