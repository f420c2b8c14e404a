//! PATCH /api/v1/rules/{id}

use crate::http::form::{Document, Wanted};
use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::response::Response;
use rapport_app::App;
use rapport_app::rule::manage::{self, RulePatch};
use rapport_app::rule::view::RuleView;
use uuid::Uuid;

/// Changes what a rule says, or switches it on or off. JSON and YAML are taken and, as `Accept` says, given.
#[utoipa::path(
    patch,
    path = "/rules/{id}",
    operation_id = "update_rule",
    tag = "rules",
    params(("id" = Uuid, Path, description = "Rule")),
    request_body(content((RulePatch = "application/json"), (String = "application/yaml"))),
    responses(
        (status = 200, content((RuleView = "application/json"), (String = "application/yaml"))),
        Problems
    ),
    extensions(("x-permission" = json!("rule.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    wanted: Wanted,
    Path(id): Path<Uuid>,
    Document(given): Document<RulePatch>,
) -> Answer<Response> {
    Ok(wanted.show(&manage::update(&app, &caller, id, given).await?))
}
