//! POST /api/v1/connections

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::connection::{self, ConnectionView, NewConnection};

/// Connects a CRM and starts the first synchronisation. The token is tried first.
#[utoipa::path(
    post,
    path = "/connections",
    operation_id = "create_connection",
    tag = "connections",
    request_body = NewConnection,
    responses((status = 201, body = ConnectionView), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewConnection>,
) -> Answer<(StatusCode, Json<ConnectionView>)> {
    Ok((StatusCode::CREATED, Json(connection::add(&app, &caller, new).await?)))
}
