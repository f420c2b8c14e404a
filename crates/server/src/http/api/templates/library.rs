//! GET /api/v1/template-library

use crate::http::{Answer, Caller, Json, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::template_library::{self, LibraryPage, LibraryQuery};

/// WhatsApp's library of ready templates, read from WhatsApp now.
#[utoipa::path(
    get,
    path = "/template-library",
    operation_id = "browse_template_library",
    tag = "templates",
    params(LibraryQuery),
    responses((status = 200, body = LibraryPage), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn library(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<LibraryQuery>,
) -> Answer<Json<LibraryPage>> {
    Ok(Json(template_library::browse(&app, &caller, &query).await?))
}
