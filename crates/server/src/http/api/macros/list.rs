//! GET /api/v1/macros

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::macros::{self, MacroView};

/// Everybody's macros and the caller's own, in the order they were made.
#[utoipa::path(
    get,
    path = "/macros",
    operation_id = "list_macros",
    tag = "macros",
    params(Paging),
    responses((status = 200, body = List<MacroView>), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<MacroView>>> {
    Ok(Json(macros::list(&app, &caller, paging.after()?, paging.limit()?).await?.into()))
}
