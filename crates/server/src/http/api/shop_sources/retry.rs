//! POST /api/v1/shop-sources/{id}/retry

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::source::manage::{self, ShopSource};
use uuid::Uuid;

/// Lets deliveries that failed be tried again, 500 at most.
#[utoipa::path(
    post,
    path = "/shop-sources/{id}/retry",
    operation_id = "retry_shop_deliveries",
    tag = "shop",
    params(("id" = Uuid, Path, description = "Shop")),
    responses((status = 200, body = ShopSource), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn retry(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<ShopSource>> {
    Ok(Json(manage::retry(&app, &caller, id).await?))
}
