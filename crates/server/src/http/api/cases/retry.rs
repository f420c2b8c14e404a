//! POST /api/v1/cases/{id}/retry

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::matter::change;
use rapport_app::matter::view::MatterView;
use rapport_core::matter::Object;
use uuid::Uuid;

/// Brings a case to its CRM now, with all tries again. One that was deleted over there is made anew; one that is kept here
/// only goes to a CRM that takes cases, where there is one by now (else 422 `no_crm`).
#[utoipa::path(
    post,
    path = "/cases/{id}/retry",
    operation_id = "retry_case",
    tag = "cases",
    params(("id" = Uuid, Path, description = "Case")),
    responses((status = 200, body = MatterView), Problems),
    extensions(("x-permission" = json!("contact.write")))
)]
pub async fn retry(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<MatterView>> {
    Ok(Json(change::retry(&app, &caller, Object::Case, id).await?))
}
