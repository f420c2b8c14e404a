//! GET /api/v1/audit/counts

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::audit;
use rapport_store::audit::Counts;

/// Whether every received event is accounted for: received = processed + duplicates + quarantined + pending.
#[utoipa::path(
    get,
    path = "/audit/counts",
    operation_id = "audit_counts",
    tag = "audit",
    responses((status = 200, body = Counts), Problems),
    extensions(("x-permission" = json!("audit.read")))
)]
pub async fn counts(State(app): State<App>, caller: Caller) -> Answer<Json<Counts>> {
    Ok(Json(audit::counts(&app, &caller).await?))
}
