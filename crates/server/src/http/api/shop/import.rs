//! POST /api/v1/shop/import

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::import::{self, Report, Table};

/// Takes a table of products, orders or stock in, or says what that would do. A line that cannot be taken in is told and left
/// out; rules do not hear of it.
#[utoipa::path(
    post,
    path = "/shop/import",
    operation_id = "import_shop_table",
    tag = "shop",
    request_body = Table,
    responses((status = 200, body = Report), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn import(State(app): State<App>, caller: Caller, Json(given): Json<Table>) -> Answer<Json<Report>> {
    Ok(Json(import::table(&app, &caller, given).await?))
}
