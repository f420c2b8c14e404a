//! POST /api/v1/quick-replies

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::quick_reply::QuickReplyView;
use rapport_app::quick_reply::manage::{self, NewQuickReply};

/// Makes a quick reply. Private ones are for every agent to make, a team's for its members, shared ones for whoever leads
/// agents.
#[utoipa::path(
    post,
    path = "/quick-replies",
    operation_id = "create_quick_reply",
    tag = "quick replies",
    request_body = NewQuickReply,
    responses((status = 201, body = QuickReplyView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewQuickReply>,
) -> Answer<(StatusCode, Json<QuickReplyView>)> {
    Ok((StatusCode::CREATED, Json(manage::create(&app, &caller, new).await?)))
}
