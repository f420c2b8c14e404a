//! POST /api/v1/coupon-pools

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::coupon::PoolView;
use rapport_app::coupon::pools::{self, NewPool};

/// Makes a pool with its first codes: those of the shop, or made ones that the shop is told of.
#[utoipa::path(
    post,
    path = "/coupon-pools",
    operation_id = "create_coupon_pool",
    tag = "shop",
    request_body = NewPool,
    responses((status = 201, body = PoolView), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<NewPool>,
) -> Answer<(StatusCode, Json<PoolView>)> {
    Ok((StatusCode::CREATED, Json(pools::create(&app, &caller, given).await?)))
}
