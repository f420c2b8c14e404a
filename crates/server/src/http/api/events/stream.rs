//! GET /api/v1/events

use crate::http::{Answer, Caller, Problems, Query};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use rapport_app::App;
use rapport_app::live::events::{CHECK, Listener, LiveEvent};
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use utoipa::IntoParams;

/// How often a silent stream says that it is alive: proxies cut lines that are silent for longer.
const ALIVE: Duration = Duration::from_secs(15);
/// A browser reconnects by itself and names the last event it saw.
const LAST_EVENT: &str = "last-event-id";

/// Where to begin.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// The last event's id, or `feed_cursor` of the session; left out = from now on. The header `Last-Event-ID` comes
    /// before it.
    pub cursor: Option<String>,
}

/// Follows what happens in the workspace, as server-sent events.
///
/// The first one is `hello` with the cursor. Then come `message.created`, `message.updated`, `conversation.created`,
/// `conversation.updated`, `contact.created`, `contact.updated`, `channel.updated` and `connection.updated`, whose `id` is
/// the cursor to go on from, `conversation.mentioned` (`data.user_ids` says whom it concerns), `views.updated` and
/// `bulk.updated`, `campaign.updated`, `tags.updated`, and the passing ones `typing` and `presence`, which have none. `reset` says that the log does
/// not reach back to the cursor: load everything afresh. Data: `{kind, at, conversation_id?, contact_id?, message_id?, data}`.
#[utoipa::path(
    get,
    path = "/events",
    operation_id = "follow_events",
    tag = "events",
    params(EventsQuery),
    responses((status = 200, content_type = "text/event-stream", body = String), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn stream(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<EventsQuery>,
) -> Answer<Response> {
    let last = headers.get(LAST_EVENT).and_then(|value| value.to_str().ok()).filter(|id| !id.is_empty());
    let cursor = last.or(query.cursor.as_deref().filter(|cursor| !cursor.is_empty()));
    let listener = Listener::open(&app, caller.0.clone(), cursor, CHECK).await?;
    let events = futures::stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(sse(&event)), listener))
    });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response();
    // Proxies that collect answers would hold every event back.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

fn sse(live: &LiveEvent) -> Event {
    // JSON has no line breaks outside of texts, where they are escaped.
    let event = Event::default().event(&live.kind).data(live.json.to_string());
    match &live.cursor {
        Some(cursor) => event.id(cursor),
        None => event,
    }
}
