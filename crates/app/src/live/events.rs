//! One caller's live feed, as it is sent: entries of the log, passing things, and an end when they may no longer see it.

use super::{Live, Seat, Subscription};
use crate::auth::{Caller, Permission, is_still_valid};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_store::feed::{Cursor, Entry};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior};

/// How often is looked whether the caller is still signed in: a feed ends within five seconds after its session
/// (`perf-reliability.md` F43).
pub const CHECK: Duration = Duration::from_secs(4);
/// Every so many looks it is written down that whoever listens is there.
const SEEN_EVERY: u32 = 5;

/// Something to be sent to a listener.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveEvent {
    /// `message.created`, ..., `typing`, `presence`, `hello`, `reset`.
    pub kind: String,
    /// The place to go on from; passing things have none.
    pub cursor: Option<String>,
    /// `{kind, at, conversation_id?, contact_id?, message_id?, data}`.
    pub json: Value,
}

/// A listener in their seat.
pub struct Listener {
    app: App,
    caller: Arc<Caller>,
    subscription: Subscription,
    check: Interval,
    looks: u32,
    greeted: bool,
    // Held for its Drop: gives the seat back.
    _seat: Seat,
}

impl Listener {
    /// Begins to listen after `cursor`, or from now. `check` says how often is looked whether the caller still may.
    ///
    /// # Errors
    /// `Forbidden`, `Invalid` (`cursor`), `Limited` when the caller listens too often already, `Store`.
    pub async fn open(app: &App, caller: Arc<Caller>, cursor: Option<&str>, check: Duration) -> Result<Self> {
        caller.require(Permission::InboxRead)?;
        let from = cursor
            .map(Cursor::parse)
            .transpose()
            .map_err(|error| Error::invalid("cursor", format!("cannot be used: {error}")))?;
        let seat = app.feeds.seats.take(caller.actor_id().unwrap_or_default())?;
        let subscription = app.feeds.subscribe(caller.workspace, from).await?;
        let mut check = tokio::time::interval_at(tokio::time::Instant::now() + check, check);
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self { app: app.clone(), caller, subscription, check, looks: 0, greeted: false, _seat: seat })
    }

    /// Whoever listens is there. A database that is busy now is told the next time.
    async fn seen(&self) {
        if let Err(error) = crate::routing::presence::seen(&self.app, &self.caller).await {
            tracing::debug!(%error, "that somebody is there cannot be written down now");
        }
    }

    /// The next event; waits for it. `None` when the feed ends: the process stops, the caller was signed out, or the
    /// log cannot be read now. Whoever listens comes back with the last cursor.
    pub async fn next(&mut self) -> Option<LiveEvent> {
        if !self.greeted {
            self.greeted = true;
            self.seen().await;
            return Some(self.marked("hello", self.subscription.cursor()));
        }
        loop {
            let live = tokio::select! {
                () = self.app.shutdown.cancelled() => return None,
                _ = self.check.tick() => {
                    self.looks = self.looks.wrapping_add(1);
                    if self.looks.is_multiple_of(SEEN_EVERY) {
                        self.seen().await;
                    }
                    match is_still_valid(&self.app, &self.caller).await {
                        Ok(true) => continue,
                        Ok(false) => return None,
                        Err(error) => {
                            tracing::debug!(%error, "whether a listener is still signed in cannot be told now");
                            continue;
                        }
                    }
                }
                live = self.subscription.next() => live,
            };
            match live {
                Ok(Some(live)) => return Some(self.event(live)),
                Ok(None) => return None,
                Err(error) => {
                    tracing::warn!(%error, "a live feed ends: the log cannot be read");
                    return None;
                }
            }
        }
    }

    fn event(&self, live: Live) -> LiveEvent {
        match live {
            Live::Entry(entry) => logged(&entry),
            Live::Reset(cursor) => self.marked("reset", cursor),
            Live::Passing(kind, data) => {
                let json = json!({
                    "kind": kind,
                    "at": self.app.now(),
                    "conversation_id": data["conversation_id"],
                    "data": *data,
                });
                LiveEvent { kind: kind.to_owned(), cursor: None, json: without_null(json) }
            }
        }
    }

    /// An event about the feed itself.
    fn marked(&self, kind: &str, cursor: Cursor) -> LiveEvent {
        let cursor = cursor.to_string();
        let json = json!({ "kind": kind, "at": self.app.now(), "cursor": cursor, "data": { "cursor": cursor } });
        LiveEvent { kind: kind.to_owned(), cursor: Some(cursor), json }
    }
}

fn logged(entry: &Entry) -> LiveEvent {
    let json = json!({
        "kind": entry.kind,
        "at": entry.at,
        "conversation_id": entry.conversation_id,
        "contact_id": entry.contact_id,
        "message_id": entry.message_id,
        "data": entry.data,
    });
    LiveEvent { kind: entry.kind.clone(), cursor: Some(entry.cursor.to_string()), json: without_null(json) }
}

/// What an event is not about is left out.
fn without_null(json: Value) -> Value {
    match json {
        Value::Object(fields) => fields.into_iter().filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>().into(),
        other => other,
    }
}
