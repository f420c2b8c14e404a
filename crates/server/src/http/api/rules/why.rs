//! GET /api/v1/rules/{id}/why

use crate::http::{Answer, Caller, Json, Path, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::rule::why::{self, WhyQuery, WhyView};
use uuid::Uuid;

/// Whether a rule would run for a contact now, and why or why not. Does nothing.
#[utoipa::path(
    get,
    path = "/rules/{id}/why",
    operation_id = "explain_rule",
    tag = "rules",
    params(("id" = Uuid, Path, description = "Rule"), WhyQuery),
    responses((status = 200, body = WhyView), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn why(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<WhyQuery>,
) -> Answer<Json<WhyView>> {
    Ok(Json(why::why(&app, &caller, id, query).await?))
}
