//! DELETE /api/v1/rules/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::rule::manage;
use uuid::Uuid;

/// Removes a rule with its versions. Its runs stay; those that wait end at their time.
#[utoipa::path(
    delete,
    path = "/rules/{id}",
    operation_id = "delete_rule",
    tag = "rules",
    params(("id" = Uuid, Path, description = "Rule")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("rule.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    manage::delete(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
