//! GET /api/v1/rules/{id}

use crate::http::form::Wanted;
use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::response::Response;
use rapport_app::App;
use rapport_app::rule::manage;
use rapport_app::rule::view::RuleView;
use uuid::Uuid;

/// One rule, as JSON or, with `Accept: application/yaml`, as YAML.
#[utoipa::path(
    get,
    path = "/rules/{id}",
    operation_id = "read_rule",
    tag = "rules",
    params(("id" = Uuid, Path, description = "Rule")),
    responses(
        (status = 200, content((RuleView = "application/json"), (String = "application/yaml"))),
        Problems
    ),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, wanted: Wanted, Path(id): Path<Uuid>) -> Answer<Response> {
    Ok(wanted.show(&manage::get(&app, &caller, id).await?))
}
