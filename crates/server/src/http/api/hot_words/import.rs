//! POST /api/v1/hot-words/import

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::understanding::table::{self, HotWordTable};
use rapport_app::understanding::words::HotWordReport;

/// Takes a table of hot words in, or says what that would do. A word that a language has already is changed; a row that
/// cannot be taken in is told and left out.
#[utoipa::path(
    post,
    path = "/hot-words/import",
    operation_id = "import_hot_words",
    tag = "understanding",
    request_body = HotWordTable,
    responses((status = 200, body = HotWordReport), Problems),
    extensions(("x-permission" = json!("rule.manage")))
)]
pub async fn import(
    State(app): State<App>,
    caller: Caller,
    Json(table): Json<HotWordTable>,
) -> Answer<Json<HotWordReport>> {
    Ok(Json(table::import(&app, &caller, table).await?))
}
