//! PATCH /api/v1/shop-sources/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::source::manage::{self, ShopSource, ShopSourcePatch};
use uuid::Uuid;

/// Changes a shop: its name, its secret, whether its deliveries are taken.
#[utoipa::path(
    patch,
    path = "/shop-sources/{id}",
    operation_id = "update_shop_source",
    tag = "shop",
    params(("id" = Uuid, Path, description = "Shop")),
    request_body = ShopSourcePatch,
    responses((status = 200, body = ShopSource), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<ShopSourcePatch>,
) -> Answer<Json<ShopSource>> {
    Ok(Json(manage::update(&app, &caller, id, given).await?))
}
