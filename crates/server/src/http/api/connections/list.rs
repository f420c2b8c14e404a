//! GET /api/v1/connections

use crate::http::{Answer, Caller, Json, List, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection::{self, ConnectionView};

/// Every connection with figures of how it fares, oldest first, in one page.
#[utoipa::path(
    get,
    path = "/connections",
    operation_id = "list_connections",
    tag = "connections",
    responses((status = 200, body = List<ConnectionView>), Problems),
    extensions(("x-permission" = json!("connection.read")))
)]
pub async fn list(State(app): State<App>, caller: Caller) -> Answer<Json<List<ConnectionView>>> {
    Ok(Json(List::all(connection::list(&app, &caller).await?)))
}
