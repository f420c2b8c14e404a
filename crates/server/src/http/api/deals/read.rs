//! GET /api/v1/deals/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::matter::list;
use rapport_app::matter::view::MatterView;
use rapport_core::matter::Object;
use uuid::Uuid;

/// One deal, with where it stands in its CRM.
#[utoipa::path(
    get,
    path = "/deals/{id}",
    operation_id = "read_deal",
    tag = "deals",
    params(("id" = Uuid, Path, description = "Deal")),
    responses((status = 200, body = MatterView), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<MatterView>> {
    Ok(Json(list::get(&app, &caller, Object::Deal, id).await?))
}
