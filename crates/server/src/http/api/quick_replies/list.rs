//! GET /api/v1/quick-replies

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::quick_reply::QuickReplyView;
use rapport_app::quick_reply::find::{self, QuickReplyQuery};

/// The quick replies that the caller may use, best first: by what was typed, then by use.
#[utoipa::path(
    get,
    path = "/quick-replies",
    operation_id = "list_quick_replies",
    tag = "quick replies",
    params(QuickReplyQuery, Paging),
    responses((status = 200, body = List<QuickReplyView>), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(wanted): Query<QuickReplyQuery>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<QuickReplyView>>> {
    let (items, next) = find::find(&app, &caller, wanted, paging.after()?, paging.limit()?).await?;
    Ok(Json(List::page(items, next.as_ref())))
}
