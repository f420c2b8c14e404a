//! PUT /api/v1/push/subscriptions

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::push::devices::{self, DeviceView, NewDevice};

/// Turns notices on for the browser that asks, or changes what it is told; repeating it changes nothing. A browser is one
/// device: a new address takes the place of its old one. It ends with the sign-in.
#[utoipa::path(
    put,
    path = "/push/subscriptions",
    operation_id = "put_push_subscription",
    tag = "push",
    request_body = NewDevice,
    responses((status = 200, body = DeviceView), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn put(State(app): State<App>, caller: Caller, Json(new): Json<NewDevice>) -> Answer<Json<DeviceView>> {
    Ok(Json(devices::put(&app, &caller, new).await?))
}
