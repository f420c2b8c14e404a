//! GET /api/v1/conversations/{id}/messages

use crate::http::problem::Problem;
use crate::http::{Answer, Caller, Json, Paging, Path, Problems, Query, page};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::inbox::jump;
use rapport_app::inbox::thread;
use rapport_app::inbox::view::MessageView;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A page of a thread.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ThreadPage {
    /// The messages, newest first.
    pub items: Vec<MessageView>,
    /// Ask with it, as `cursor`, for older ones; null at the beginning of the thread.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// Ask with it, as `newer`, for newer ones; null at the end of the thread.
    #[schema(required)]
    pub newer_cursor: Option<String>,
}

/// Where in the thread. At most one of these and `cursor`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Where {
    /// The page round this message, about half of it newer.
    pub around: Option<Uuid>,
    /// `newer_cursor` of another page: the page just after it.
    pub newer: Option<String>,
}

/// A thread, newest first; the next page is older. With `around` or `newer` it is read from elsewhere than its end.
#[utoipa::path(
    get,
    path = "/conversations/{id}/messages",
    operation_id = "list_messages",
    tag = "conversations",
    params(("id" = Uuid, Path, description = "Conversation"), Where, Paging),
    responses((status = 200, body = ThreadPage), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn messages(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(place): Query<Where>,
    Query(paging): Query<Paging>,
) -> Answer<Json<ThreadPage>> {
    let limit = paging.limit()?;
    let found = match (place.around, &place.newer, &paging.cursor) {
        (None, None, _) => {
            let (items, next) = thread::page(&app, &caller, id.into(), paging.after()?, limit).await?;
            return Ok(Json(ThreadPage { items, next_cursor: next.as_ref().map(page::encode), newer_cursor: None }));
        }
        (Some(message), None, None) => jump::around(&app, &caller, id.into(), message.into(), limit).await?,
        (None, Some(after), None) => {
            let after = page::decode(after).map_err(|problem| problem.with_field("newer"))?;
            jump::newer(&app, &caller, id.into(), after, limit).await?
        }
        _ => {
            let detail = "give only one of around, newer and cursor";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail).with_field("around"));
        }
    };
    Ok(Json(ThreadPage {
        items: found.items,
        next_cursor: found.older.as_ref().map(page::encode),
        newer_cursor: found.newer.as_ref().map(page::encode),
    }))
}
