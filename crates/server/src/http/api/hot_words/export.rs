//! GET /api/v1/hot-words/export

use crate::http::{Answer, Caller, Json, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::quick_reply::table::{ExportFile, ExportQuery};
use rapport_app::understanding::table;

/// Every hot word, as a table.
#[utoipa::path(
    get,
    path = "/hot-words/export",
    operation_id = "export_hot_words",
    tag = "understanding",
    params(ExportQuery),
    responses((status = 200, body = ExportFile), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn export(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ExportQuery>,
) -> Answer<Json<ExportFile>> {
    Ok(Json(table::export(&app, &caller, query).await?))
}
