//! Channels over which a CRM tells of changes, where its API is asked for them: made, and renewed well before their end.
//! Without one changes are found by asking, so nothing here is urgent and nothing waits for it.

use super::open::Open;
use crate::state::App;
use rapport_connectors::crm::Channel;
use rapport_core::time::{HOUR, MINUTE};
use rapport_core::{ConnectionId, Ms};

/// The life that is asked for: some grant no more than a day, and an hour to whoever asks for more. Milliseconds.
const LIFE: i64 = 23 * HOUR;
/// When it is tried again after trouble. Milliseconds.
const AGAIN: i64 = 10 * MINUTE;
/// Channels have whole numbers that every program can hold.
const NUMBERS: u128 = (1 << 53) - 1;

/// Sees to a connection's channel when it is time.
pub(super) async fn renew(app: &App, open: &Open) {
    let now = app.now();
    // Nobody is called without proof, nor over a line that others can read.
    let is_wanted = !open.hook_secret.is_empty() && app.settings.public_url.starts_with("https://");
    if !is_wanted || open.line.watched_until().is_some_and(|until| now < until) {
        return;
    }
    let url = app.settings.webhook_url(&open.row.kind, open.id.0);
    let channel = Channel { number: number(open.id), url: &url, secret: &open.hook_secret };
    let next = match open.remote.watch(channel, now.plus(LIFE)).await {
        Ok(Some(until)) => now.plus((until.since(now) / 2).max(MINUTE)),
        // Its webhooks are set up by a person.
        Ok(None) => Ms(i64::MAX),
        Err(trouble) => {
            tracing::debug!(connection = %open.id, %trouble, "the CRM does not take a channel now");
            now.plus(AGAIN)
        }
    };
    open.line.watch_until(next);
}

/// The same for a connection each time, and another one's for no other.
fn number(id: ConnectionId) -> u64 {
    u64::try_from(id.0.as_u128() & NUMBERS).unwrap_or_default()
}
