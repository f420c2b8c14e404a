//! POST /api/v1/practice

use super::cookie;
use crate::http::api::session::cookies::SetCookie;
use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::response::AppendHeaders;
use rapport_app::App;
use rapport_app::auth::Caller as Known;
use rapport_app::practice::{self, PracticeView};

/// Begins to practise in this browser: from now on its session acts in the workspace's practice room, which is opened if
/// there is none, and there only as agents may. Nothing in it reaches a customer, a CRM or a report. For signed-in people,
/// not for tokens.
#[utoipa::path(
    post,
    path = "/practice",
    operation_id = "enter_practice",
    tag = "practice",
    responses((status = 200, body = PracticeView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn enter(
    State(app): State<App>,
    caller: Caller,
) -> Answer<(AppendHeaders<[SetCookie; 1]>, Json<PracticeView>)> {
    let room = practice::enter(&app, &caller).await?;
    let home = Known { workspace: caller.home(), home: None, ..Known::clone(&caller) };
    let inside = practice::seat(&app, home, room).await?;
    let view = practice::get(&app, &inside).await?;
    Ok((AppendHeaders([cookie::inside(room, app.settings.is_https())]), Json(view)))
}
