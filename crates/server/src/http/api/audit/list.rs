//! GET /api/v1/audit

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::audit::{self, AuditFilter, AuditView};

/// Who changed what, newest first.
#[utoipa::path(
    get,
    path = "/audit",
    operation_id = "list_audit",
    tag = "audit",
    params(AuditFilter, Paging),
    responses((status = 200, body = List<AuditView>), Problems),
    extensions(("x-permission" = json!("audit.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<AuditFilter>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<AuditView>>> {
    let page = audit::list(&app, &caller, filter, paging.after()?, paging.limit()?).await?;
    Ok(Json(page.into()))
}
