//! PATCH /api/v1/cases/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::matter::change::{self, CasePatch};
use rapport_app::matter::view::MatterView;
use uuid::Uuid;

/// Changes a case, here and in its CRM.
#[utoipa::path(
    patch,
    path = "/cases/{id}",
    operation_id = "update_case",
    tag = "cases",
    params(("id" = Uuid, Path, description = "Case")),
    request_body = CasePatch,
    responses((status = 200, body = MatterView), Problems),
    extensions(("x-permission" = json!("contact.write")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<CasePatch>,
) -> Answer<Json<MatterView>> {
    Ok(Json(change::case(&app, &caller, id, patch).await?))
}
