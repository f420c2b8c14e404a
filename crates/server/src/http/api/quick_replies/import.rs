//! POST /api/v1/quick-replies/import

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::quick_reply::table::{self, ImportReport, ImportRequest};

/// Takes a table of quick replies in, or says what that would do. A row that cannot be taken in is told and left out.
#[utoipa::path(
    post,
    path = "/quick-replies/import",
    operation_id = "import_quick_replies",
    tag = "quick replies",
    request_body = ImportRequest,
    responses((status = 200, body = ImportReport), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn import(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<ImportRequest>,
) -> Answer<Json<ImportReport>> {
    Ok(Json(table::import(&app, &caller, request).await?))
}
