//! POST /api/v1/shop-sources

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::shop::source::manage::{self, NewShopSource, ShopSource};

/// Sets a shop up: the answer says where it delivers.
#[utoipa::path(
    post,
    path = "/shop-sources",
    operation_id = "create_shop_source",
    tag = "shop",
    request_body = NewShopSource,
    responses((status = 201, body = ShopSource), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<NewShopSource>,
) -> Answer<(StatusCode, Json<ShopSource>)> {
    Ok((StatusCode::CREATED, Json(manage::create(&app, &caller, given).await?)))
}
