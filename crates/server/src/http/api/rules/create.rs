//! POST /api/v1/rules

use crate::http::form::{Document, Wanted};
use crate::http::{Answer, Caller, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rapport_app::App;
use rapport_app::rule::manage::{self, NewRule};
use rapport_app::rule::view::RuleView;

/// Makes a rule. JSON and YAML are taken and, as `Accept` says, given.
#[utoipa::path(
    post,
    path = "/rules",
    operation_id = "create_rule",
    tag = "rules",
    request_body(content((NewRule = "application/json"), (String = "application/yaml"))),
    responses(
        (status = 201, content((RuleView = "application/json"), (String = "application/yaml"))),
        Problems
    ),
    extensions(("x-permission" = json!("rule.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    wanted: Wanted,
    Document(given): Document<NewRule>,
) -> Answer<Response> {
    let made = manage::create(&app, &caller, given).await?;
    Ok((StatusCode::CREATED, wanted.show(&made)).into_response())
}
