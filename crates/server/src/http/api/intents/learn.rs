//! POST /api/v1/intents/learn

use crate::http::{Answer, Caller, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::understanding::learn;

/// Has the model learn now from what people said. It does so by itself a minute after somebody says a word on a message;
/// the new version is in the list some seconds later.
#[utoipa::path(
    post,
    path = "/intents/learn",
    operation_id = "learn_intents",
    tag = "understanding",
    responses((status = 202), Problems),
    extensions(("x-permission" = json!("rule.manage")))
)]
pub async fn learn(State(app): State<App>, caller: Caller) -> Answer<StatusCode> {
    learn::ask(&app, &caller).await?;
    Ok(StatusCode::ACCEPTED)
}
