//! GET /api/v1/search

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::search::find::{self, SearchHit, SearchQuery};

/// The newest messages that hold all the words, in any language, with the hits marked.
#[utoipa::path(
    get,
    path = "/search",
    operation_id = "search_messages",
    tag = "search",
    params(SearchQuery, Paging),
    responses((status = 200, body = List<SearchHit>), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn find(
    State(app): State<App>,
    caller: Caller,
    Query(wanted): Query<SearchQuery>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<SearchHit>>> {
    let (items, next) = find::find(&app, &caller, wanted, paging.after()?, paging.limit()?).await?;
    Ok(Json(List::page(items, next.as_ref())))
}
