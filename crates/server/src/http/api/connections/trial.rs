//! POST /api/v1/connections/trial

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection::{self, NewTrial, TrialView};

/// Tries the description of a CRM: reads a page of its contacts and shows them as they would come over, with everything
/// that does not fit. Nothing is written on either side.
#[utoipa::path(
    post,
    path = "/connections/trial",
    operation_id = "try_connection",
    tag = "connections",
    request_body = NewTrial,
    responses((status = 200, body = TrialView), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn trial(State(app): State<App>, caller: Caller, Json(new): Json<NewTrial>) -> Answer<Json<TrialView>> {
    Ok(Json(connection::trial(&app, &caller, new).await?))
}
