//! GET /api/v1/push

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::push::devices::{self, PushView};

/// The key that browsers subscribe to, and the devices of the person who asks.
#[utoipa::path(
    get,
    path = "/push",
    operation_id = "read_push",
    tag = "push",
    responses((status = 200, body = PushView), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn read(State(app): State<App>, caller: Caller) -> Answer<Json<PushView>> {
    Ok(Json(devices::get(&app, &caller).await?))
}
