//! GET /api/v1/guard/policy

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::guard_policy::{self, PolicyView};

/// The rules of sending: what they are, what they would be by default, and what each may be.
#[utoipa::path(
    get,
    path = "/guard/policy",
    operation_id = "read_guard_policy",
    tag = "guard",
    responses((status = 200, body = PolicyView), Problems),
    extensions(("x-permission" = json!("channel.read")))
)]
pub async fn policy(State(app): State<App>, caller: Caller) -> Answer<Json<PolicyView>> {
    Ok(Json(guard_policy::get(&app, &caller).await?))
}
