//! GET /api/v1/shop-sources/{id}/deliveries

use crate::http::{Answer, Caller, Json, List, Paging, Path, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::source::manage::{self, ShopDelivery};
use uuid::Uuid;

/// What a shop delivered within the last fourteen days, the newest first, and what became of it.
#[utoipa::path(
    get,
    path = "/shop-sources/{id}/deliveries",
    operation_id = "list_shop_deliveries",
    tag = "shop",
    params(("id" = Uuid, Path, description = "Shop"), Paging),
    responses((status = 200, body = List<ShopDelivery>), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn deliveries(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<ShopDelivery>>> {
    Ok(Json(manage::deliveries(&app, &caller, id, paging.after()?, paging.limit()?).await?.into()))
}
