//! GET /api/v1/coupon-pools

use crate::http::{Answer, Caller, Json, List, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::coupon::{PoolView, pools as kept};

/// The pools of codes, oldest first, with how their codes stand.
#[utoipa::path(
    get,
    path = "/coupon-pools",
    operation_id = "list_coupon_pools",
    tag = "shop",
    responses((status = 200, body = List<PoolView>), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn pools(State(app): State<App>, caller: Caller) -> Answer<Json<List<PoolView>>> {
    Ok(Json(List::all(kept::list(&app, &caller).await?)))
}
