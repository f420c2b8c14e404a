//! GET /api/v1/deals

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::matter::list::{self, MatterFilter};
use rapport_app::matter::view::MatterView;
use rapport_core::matter::Object;

/// The deals, newest first.
#[utoipa::path(
    get,
    path = "/deals",
    operation_id = "list_deals",
    tag = "deals",
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
    Ok(Json(list::list(&app, &caller, Object::Deal, filter, paging.after()?, paging.limit()?).await?.into()))
}
