//! POST /api/v1/intents/versions/{version}/use

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::understanding::learn::{self, IntentState};

/// Reads messages with this version of the model from now on; 0 = with the seed phrases alone.
#[utoipa::path(
    post,
    path = "/intents/versions/{version}/use",
    operation_id = "use_intent_version",
    tag = "understanding",
    params(("version" = i32, Path, description = "Version of the model")),
    responses((status = 200, body = IntentState), Problems),
    extensions(("x-permission" = json!("rule.manage")))
)]
pub async fn choose(State(app): State<App>, caller: Caller, Path(version): Path<i32>) -> Answer<Json<IntentState>> {
    Ok(Json(learn::choose(&app, &caller, version).await?))
}
