//! POST /api/v1/rules/validate

use crate::http::form::Document;
use crate::http::{Answer, Caller, Json, Problems};
use rapport_app::rule::manage::{self, RuleDraft, RuleFaults};

/// Everything that is wrong with a draft, with the place of each fault. Changes nothing.
#[utoipa::path(
    post,
    path = "/rules/validate",
    operation_id = "validate_rule",
    tag = "rules",
    request_body(content((RuleDraft = "application/json"), (String = "application/yaml"))),
    responses((status = 200, body = RuleFaults), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn validate(caller: Caller, Document(given): Document<RuleDraft>) -> Answer<Json<RuleFaults>> {
    Ok(Json(manage::validate(&caller, &given)?))
}
