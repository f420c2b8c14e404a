//! PATCH /api/v1/deals/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::matter::change::{self, DealPatch};
use rapport_app::matter::view::MatterView;
use uuid::Uuid;

/// Changes a deal, here and in its CRM.
#[utoipa::path(
    patch,
    path = "/deals/{id}",
    operation_id = "update_deal",
    tag = "deals",
    params(("id" = Uuid, Path, description = "Deal")),
    request_body = DealPatch,
    responses((status = 200, body = MatterView), Problems),
    extensions(("x-permission" = json!("contact.write")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<DealPatch>,
) -> Answer<Json<MatterView>> {
    Ok(Json(change::deal(&app, &caller, id, patch).await?))
}
