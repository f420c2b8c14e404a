//! PUT /api/v1/stores/{key}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::shop::{Store, write};

/// Tells of a store: makes it, or puts what is given in place of what was known. Repeating it changes nothing, and what
/// is older than what is known (by `updated_at`) changes nothing either; the answer is what is known then.
#[utoipa::path(
    put,
    path = "/stores/{key}",
    operation_id = "put_store",
    tag = "shop",
    params(("key" = String, Path, description = "Store")),
    request_body = Store,
    responses((status = 200, body = Store), Problems),
    extensions(("x-permission" = json!("shop.manage")))
)]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<String>,
    Json(given): Json<Store>,
) -> Answer<Json<Store>> {
    Ok(Json(write::put_store(&app, &caller, key, given).await?))
}
