//! GET /api/v1/connections/kinds

use crate::http::{Answer, Caller, Json, List, Problems};
use rapport_app::connection::{self, KindView};

/// Which CRMs can be connected, and what each must be told.
#[utoipa::path(
    get,
    path = "/connections/kinds",
    operation_id = "list_connection_kinds",
    tag = "connections",
    responses((status = 200, body = List<KindView>), Problems),
    extensions(("x-permission" = json!("connection.read")))
)]
pub async fn kinds(caller: Caller) -> Answer<Json<List<KindView>>> {
    Ok(Json(List::all(connection::kinds(&caller)?)))
}
