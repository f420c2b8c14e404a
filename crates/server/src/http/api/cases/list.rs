//! GET /api/v1/cases

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::matter::list::{self, MatterFilter};
use rapport_app::matter::view::MatterView;
use rapport_core::matter::Object;

/// The cases, newest first.
#[utoipa::path(
    get,
    path = "/cases",
    operation_id = "list_cases",
    tag = "cases",
    params(MatterFilter, Paging),
    responses((status = 200, body = List<MatterView>), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<MatterFilter>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<MatterView>>> {
    Ok(Json(list::list(&app, &caller, Object::Case, filter, paging.after()?, paging.limit()?).await?.into()))
}
