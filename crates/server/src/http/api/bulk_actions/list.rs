//! GET /api/v1/bulk-actions

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::bulk::{BulkView, list as bulks};

/// Changes to many conversations, the newest first.
#[utoipa::path(
    get,
    path = "/bulk-actions",
    operation_id = "list_bulk_actions",
    tag = "bulk-actions",
    params(Paging),
    responses((status = 200, body = List<BulkView>), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<BulkView>>> {
    let page = bulks::list(&app, &caller, paging.after()?, paging.limit()?).await?;
    Ok(Json(page.into()))
}
