//! POST /api/v1/conflicts/settle

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection::conflict::{self, SettleMany, Settled};

/// Chooses whose value stays for many differences, 200 in one go; `next` and `batch` of the answer go on with it.
#[utoipa::path(
    post,
    path = "/conflicts/settle",
    operation_id = "settle_conflicts",
    tag = "conflicts",
    request_body = SettleMany,
    responses((status = 200, body = Settled), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn settle_many(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<SettleMany>,
) -> Answer<Json<Settled>> {
    Ok(Json(conflict::settle_many(&app, &caller, given).await?))
}
