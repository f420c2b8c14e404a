//! GET /api/v1/stores/{key}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::{Store, list};

/// One store.
#[utoipa::path(
    get,
    path = "/stores/{key}",
    operation_id = "read_store",
    tag = "shop",
    params(("key" = String, Path, description = "Store")),
    responses((status = 200, body = Store), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(key): Path<String>) -> Answer<Json<Store>> {
    Ok(Json(list::store(&app, &caller, &key).await?))
}
