//! Standby routes: a channel's messages go over another channel while the first is slow or does not answer.
//!
//! The owner of a channel's send lane keeps its route ([`keeper`]): it probes both channels, hears what sends tell, lets
//! `core::route` decide, and stores each decision fenced by the lane. Which message goes over which channel is
//! decided in `send`, where it is judged.

pub(crate) mod alert;
pub mod change;
pub(crate) mod findings;
pub(crate) mod keeper;
mod lent;
pub mod view;
pub(crate) mod windows;

pub(crate) use keeper::Keeper;

use crate::channel::view::DISCONNECTED;
use rapport_connectors::provider::{RetryClass, SendOutcome};
use rapport_core::route::{By, Chats, Number, Settings};
use rapport_core::{ChannelId, MediaId, Ms};
use rapport_store::Read;
use rapport_store::channel::ChannelRow;
use rapport_store::route::RouteRow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::broadcast;

/// Observations that wait for a keeper that is slow; older ones are forgotten.
const HEARD_MAX: usize = 1_024;
/// Uploads that are remembered.
const UPLOADS_MAX: usize = 10_000;
/// Codes with which a provider that works asks for a pause (`whatsapp-cloud-api.md` §11): it answered.
const ASKS_FOR_PAUSE: [i64; 7] = [4, 80_007, 130_429, 131_048, 131_056, 131_057, 133_016];

/// A channel was observed.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    /// Which.
    pub channel: ChannelId,
    /// How.
    pub by: By,
    /// When it ended.
    pub at: Ms,
    /// How long the answer took, ms; `None`: there was none.
    pub ms: Option<i64>,
    /// Why there was none.
    pub why: Option<String>,
}

/// What this process observes of channels, and whether somebody changed a route here.
#[derive(Debug)]
pub struct Ears {
    heard: broadcast::Sender<Heard>,
    changes: AtomicU64,
    /// What files are called at channels they went over without being their own.
    uploads: Mutex<HashMap<(MediaId, ChannelId), (String, Ms)>>,
}

impl Default for Ears {
    fn default() -> Self {
        Self { heard: broadcast::Sender::new(HEARD_MAX), changes: AtomicU64::new(0), uploads: Mutex::default() }
    }
}

impl Ears {
    /// Tells what was observed to whoever keeps a route of the channel.
    pub(crate) fn tell(&self, heard: Heard) {
        // Without a route nobody listens.
        let _ = self.heard.send(heard);
    }

    fn listen(&self) -> broadcast::Receiver<Heard> {
        self.heard.subscribe()
    }

    /// A route was changed by a person: keepers of this process look at once, those of others within seconds.
    pub(crate) fn changed(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
    }

    fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    /// The id of a file at a channel that is not its own, while it is valid.
    pub(crate) fn upload(&self, file: MediaId, channel: ChannelId, now: Ms) -> Option<String> {
        let uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        uploads.get(&(file, channel)).filter(|(_, expires)| now < *expires).map(|(id, _)| id.clone())
    }

    /// A file was uploaded at a channel that is not its own.
    pub(crate) fn uploaded(&self, file: MediaId, channel: ChannelId, id: &str, expires: Ms) {
        let mut uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        if uploads.len() >= UPLOADS_MAX {
            uploads.clear();
        }
        uploads.insert((file, channel), (id.to_owned(), expires));
    }
}

/// What the answer to a message says about the way it went: how long a provider took that answered, or why none did.
/// A refusal is an answer; a provider that fails, or does not know us any more, is not.
pub(crate) fn seen(outcome: &SendOutcome, ms: i64) -> (Option<i64>, Option<String>) {
    match outcome {
        SendOutcome::Accepted { .. } => (Some(ms), None),
        SendOutcome::Ambiguous { failure } => (None, Some(failure.detail.clone())),
        SendOutcome::Rejected { failure, class, .. } => match class {
            RetryClass::SafeRetry | RetryClass::PauseChannel if !ASKS_FOR_PAUSE.contains(&failure.code) => {
                (None, Some(failure.detail.clone()))
            }
            _ => (Some(ms), None),
        },
    }
}

/// Which of the workspace's channels are one chat to the customer: connected ones with the same number, whether or not
/// one is the other's standby. A practice room is a workspace of its own, so its channel joins none of a business.
pub(crate) async fn chats(read: &Read) -> crate::Result<Chats> {
    let rows = rapport_store::channel::list(read).await?;
    let connected = rows.iter().filter(|row| row.status != DISCONNECTED);
    let numbers: Vec<_> = connected.map(|row| (ChannelId(row.id), number(row))).collect();
    if numbers.len() < 2 {
        return Ok(Chats::default());
    }
    let routes = rapport_store::route::list(read).await?;
    let pair = |row: &RouteRow| Some((ChannelId(row.channel_id), ChannelId(row.standby_id?)));
    Ok(Chats::of(&numbers, &routes.iter().filter_map(pair).collect::<Vec<_>>()))
}

/// What is known of a channel's number.
pub(crate) fn number(row: &ChannelRow) -> Number<'_> {
    Number { id: &row.phone_number_id, phone: &row.display_phone }
}

/// What an administrator set.
pub(crate) fn settings(row: &RouteRow) -> Settings {
    Settings { slow_ms: row.slow_ms, every_ms: row.every_ms, soon_ms: row.soon_ms }
}

/// What is known of both sides; a state that cannot be read begins anew.
pub(crate) fn state(row: &RouteRow) -> rapport_core::route::Route {
    serde_json::from_value(row.state.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_core::message::Failure;

    #[test]
    fn an_answer_is_an_answer_also_when_it_says_no() {
        let failure = |code| Failure { code, detail: "said".to_owned() };
        let rejected = |code, class| SendOutcome::Rejected { failure: failure(code), class, retry_after: None };
        let table = [
            (rejected(131_026, RetryClass::Never), true),
            (rejected(130_429, RetryClass::SafeRetry), true),
            (rejected(131_056, RetryClass::RetryCustomer), true),
            (rejected(0, RetryClass::SafeRetry), false),
            (rejected(131_016, RetryClass::SafeRetry), false),
            (rejected(190, RetryClass::PauseChannel), false),
            (SendOutcome::Ambiguous { failure: failure(0) }, false),
        ];
        for (outcome, answered) in table {
            let (ms, why) = seen(&outcome, 70);
            assert_eq!((ms.is_some(), why.is_none()), (answered, answered), "{outcome:?}");
        }
    }
}
