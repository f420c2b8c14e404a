//! GET /api/v1/intents

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::understanding::learn::{self, IntentState};

/// Every intent, how well the model names them, and its versions.
#[utoipa::path(
    get,
    path = "/intents",
    operation_id = "read_intents",
    tag = "understanding",
    responses((status = 200, body = IntentState), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller) -> Answer<Json<IntentState>> {
    Ok(Json(learn::state(&app, &caller).await?))
}
