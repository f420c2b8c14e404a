//! POST /api/v1/rules/starters/{key}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::rule::starter::{self, NewFromStarter};
use rapport_app::rule::view::RuleView;

/// Makes a rule of a starter. It is switched off: somebody looks at its words first.
#[utoipa::path(
    post,
    path = "/rules/starters/{key}",
    operation_id = "create_rule_from_starter",
    tag = "rules",
    params(("key" = String, Path, description = "Starter")),
    request_body = NewFromStarter,
    responses((status = 201, body = RuleView), Problems),
    extensions(("x-permission" = json!("rule.manage")))
)]
pub async fn from_starter(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<String>,
    Json(given): Json<NewFromStarter>,
) -> Answer<(StatusCode, Json<RuleView>)> {
    Ok((StatusCode::CREATED, Json(starter::make(&app, &caller, &key, given).await?)))
}
