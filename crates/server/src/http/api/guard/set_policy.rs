//! PATCH /api/v1/guard/policy

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::guard_policy::{self, PolicyDoc, PolicyView};
use serde_json::{Map, Value};

/// Changes rules of sending. They count from now on, on every node. A field that is left out stays; null brings its
/// default back.
#[utoipa::path(
    patch,
    path = "/guard/policy",
    operation_id = "update_guard_policy",
    tag = "guard",
    request_body = PolicyDoc,
    responses((status = 200, body = PolicyView), Problems),
    extensions(("x-permission" = json!("workspace.manage")))
)]
pub async fn set_policy(
    State(app): State<App>,
    caller: Caller,
    Json(change): Json<Map<String, Value>>,
) -> Answer<Json<PolicyView>> {
    Ok(Json(guard_policy::update(&app, &caller, &change).await?))
}
