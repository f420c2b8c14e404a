//! POST /api/v1/shop/batch

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::import::{self, Batch, Report};

/// Tells of many products, stores and orders at once. A row that cannot be taken in is told and left out; rules do not
/// hear of a batch unless it says so.
#[utoipa::path(
    post,
    path = "/shop/batch",
    operation_id = "put_shop_batch",
    tag = "shop",
    request_body = Batch,
    responses((status = 200, body = Report), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn batch(State(app): State<App>, caller: Caller, Json(given): Json<Batch>) -> Answer<Json<Report>> {
    Ok(Json(import::batch(&app, &caller, given).await?))
}
