//! GET /api/v1/whoami

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::whoami::{self, WhoAmI};

/// Who asks, where, and with which rights: for programs that try their token.
#[utoipa::path(
    get,
    path = "/whoami",
    operation_id = "who_am_i",
    tag = "tokens",
    responses((status = 200, body = WhoAmI), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn read(State(app): State<App>, caller: Caller) -> Answer<Json<WhoAmI>> {
    Ok(Json(whoami::get(&app, &caller).await?))
}
