//! "Typing ...": to the team at once, to the customer now and then.

use super::Rooms;
use crate::auth::{Actor, Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use rapport_core::contact::Window;
use rapport_core::time::SECOND;
use rapport_core::{ConversationId, Ms};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use utoipa::ToSchema;

/// The provider shows it for 25 s (`whatsapp-cloud-api.md` §6); asked again a little earlier it never flickers. Ms.
const AGAIN_MS: i64 = 20 * SECOND;
/// Conversations remembered; the old ones are dropped first.
const MOST: usize = 10_000;

/// When each conversation's customer was last shown that somebody is typing.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<ConversationId, Ms>>);

impl Throttle {
    /// Whether the customer may be shown it now; remembers that they are.
    fn pass(&self, id: ConversationId, now: Ms) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not silence it: distance counts in both directions.
        if last.get(&id).is_some_and(|at| now.since(*at).abs() < AGAIN_MS) {
            return false;
        }
        if last.len() >= MOST {
            last.retain(|_, at| now.since(*at).abs() < AGAIN_MS);
        }
        last.insert(id, now);
        true
    }
}

/// What somebody is doing in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TypingState {
    /// Writing to the customer.
    Typing,
    /// Writing a private note: the customer is told nothing.
    Note,
    /// Nothing any more.
    Idle,
    /// Only looking: the customer is told nothing. Said again every 20 seconds.
    Viewing,
    /// Looking no longer.
    Left,
}

impl TypingState {
    fn code(self) -> &'static str {
        match self {
            Self::Typing => "typing",
            Self::Note => "note",
            Self::Idle => "idle",
            Self::Viewing => "viewing",
            Self::Left => "left",
        }
    }
}

/// Somebody starts or stops typing.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Typing {
    /// What they are doing.
    pub state: TypingState,
}

/// Tells the team, and while the window is open the customer.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn say(app: &App, caller: &Caller, id: ConversationId, typing: Typing) -> Result<()> {
    caller.require(Permission::InboxWrite)?;
    let scope = app.store.workspace(caller.workspace);
    let row = rapport_store::conversation::get(&scope.read(), id).await?.ok_or(Error::NotFound(Rooms::NOUN))?;
    let id = ConversationId(row.id);
    let data = json!({
        "conversation_id": id,
        "user_id": caller.actor_id(),
        "name": caller.name,
        "state": typing.state.code(),
    });
    app.feeds.pass(caller.workspace, "typing", data);
    let now = app.now();
    if let Actor::User { user, .. } = caller.actor {
        app.looking.note(user.0, id, typing.state == TypingState::Left, now);
    }
    let open = Window::new(row.window_expires_at.map(Ms)).is_open(now);
    if typing.state != TypingState::Typing || !open || !app.typing.pass(id, now) {
        return Ok(());
    }
    let tx = scope.write().await?;
    let job = Job::MarkRead { conversation_id: id, typing: true };
    rapport_store::job::enqueue(&tx, vec![job.row(now)], now).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_shown_it_every_twenty_seconds_at_most() {
        let throttle = Throttle::default();
        let (one, two) = (ConversationId(uuid::Uuid::from_u128(1)), ConversationId(uuid::Uuid::from_u128(2)));
        assert!(throttle.pass(one, Ms(0)) && throttle.pass(two, Ms(0)));
        assert!(!throttle.pass(one, Ms(AGAIN_MS - 1)));
        assert!(throttle.pass(one, Ms(AGAIN_MS)));
        assert!(throttle.pass(one, Ms(-AGAIN_MS)));
    }
}
