//! POST /api/v1/bulk-actions

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::bulk::BulkView;
use rapport_app::bulk::ask::{self, NewBulk};

/// Changes many conversations: everything that a filter matches (at most 20,000), or those named (at most 500). It is done
/// in batches; `bulk.updated` events and `GET /bulk-actions/{id}` tell how far it is.
#[utoipa::path(
    post,
    path = "/bulk-actions",
    operation_id = "create_bulk_action",
    tag = "bulk-actions",
    request_body = NewBulk,
    responses((status = 202, body = BulkView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewBulk>,
) -> Answer<(StatusCode, Json<BulkView>)> {
    Ok((StatusCode::ACCEPTED, Json(ask::create(&app, &caller, new).await?)))
}
