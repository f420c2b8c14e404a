//! GET /api/v1/rules/{id}/versions

use crate::http::{Answer, Caller, Json, List, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::Page;
use rapport_app::rule::manage;
use rapport_app::rule::view::VersionView;
use uuid::Uuid;

/// What a rule said, the newest hundred versions, newest first.
#[utoipa::path(
    get,
    path = "/rules/{id}/versions",
    operation_id = "list_rule_versions",
    tag = "rules",
    params(("id" = Uuid, Path, description = "Rule")),
    responses((status = 200, body = List<VersionView>), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn versions(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<List<VersionView>>> {
    let items = manage::versions(&app, &caller, id).await?;
    Ok(Json(Page { items, next: None }.into()))
}
