//! POST /api/v1/channels

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::channel::add::{self, AddedChannel, NewChannel};

/// Connects a number. Works also while the provider cannot be reached; `findings` says what is left to do.
#[utoipa::path(
    post,
    path = "/channels",
    operation_id = "create_channel",
    tag = "channels",
    request_body = NewChannel,
    responses((status = 201, body = AddedChannel), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewChannel>,
) -> Answer<(StatusCode, Json<AddedChannel>)> {
    Ok((StatusCode::CREATED, Json(add::add(&app, &caller, new).await?)))
}
