//! GET /api/v1/quick-replies/export

use crate::http::{Answer, Caller, Json, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::quick_reply::table::{self, ExportFile, ExportQuery};

/// Every quick reply that the caller sees, as a table.
#[utoipa::path(
    get,
    path = "/quick-replies/export",
    operation_id = "export_quick_replies",
    tag = "quick replies",
    params(ExportQuery),
    responses((status = 200, body = ExportFile), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn export(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ExportQuery>,
) -> Answer<Json<ExportFile>> {
    Ok(Json(table::export(&app, &caller, query).await?))
}
