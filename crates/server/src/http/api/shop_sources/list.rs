//! GET /api/v1/shop-sources

use crate::http::{Answer, Caller, Json, List, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::source::manage::{self, ShopSource};

/// The shops that deliver by webhook, oldest first, and how they fare.
#[utoipa::path(
    get,
    path = "/shop-sources",
    operation_id = "list_shop_sources",
    tag = "shop",
    responses((status = 200, body = List<ShopSource>), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn list(State(app): State<App>, caller: Caller) -> Answer<Json<List<ShopSource>>> {
    Ok(Json(List::all(manage::list(&app, &caller).await?)))
}
