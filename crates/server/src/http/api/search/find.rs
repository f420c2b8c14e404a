//! GET /api/v1/search

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::search::find::{self, ContactHit, Group, Indexing, SearchHit, SearchQuery};
use serde::Serialize;
use utoipa::ToSchema;

/// What was found: messages as a list of their own, with notes and customers beside it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchResults {
    /// Messages, newest first.
    pub items: Vec<SearchHit>,
    /// Ask with it for more messages; null at the end. A page may hold fewer than asked for and still have one: then
    /// the search looks further back with the next.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// Notes, newest first.
    pub notes: List<SearchHit>,
    /// Customers, the last heard first.
    pub contacts: List<ContactHit>,
    /// While messages of old are indexed again, which are not found until then; else null.
    #[schema(required)]
    pub indexing: Option<Indexing>,
}

/// The newest messages, notes and customers that hold all the words, in any language, with the hits marked.
#[utoipa::path(
    get,
    path = "/search",
    operation_id = "search_messages",
    tag = "search",
    params(SearchQuery, Paging),
    responses((status = 200, body = SearchResults), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn find(
    State(app): State<App>,
    caller: Caller,
    Query(wanted): Query<SearchQuery>,
    Query(paging): Query<Paging>,
) -> Answer<Json<SearchResults>> {
    let found = find::find(&app, &caller, wanted, paging.after()?, paging.limit()?).await?;
    let messages = list(found.messages);
    Ok(Json(SearchResults {
        items: messages.items,
        next_cursor: messages.next_cursor,
        notes: list(found.notes),
        contacts: list(found.contacts),
        indexing: found.indexing,
    }))
}

fn list<T>(group: Group<T>) -> List<T> {
    List::page(group.items, group.next.as_ref())
}
