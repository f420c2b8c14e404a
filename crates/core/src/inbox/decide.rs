//! The one entry: an event in, a decision out.

use super::state::{Change, Context, Decision, Effect, Outcome};
use super::{Book, amend, message, people, status};
use crate::inbound::{Event, EventKind};
use uuid::Uuid;

/// Decides what `event` does to the rows in `book`.
///
/// Total: every event ends in an outcome. `fresh` gives new ids; it is called as often as rows are made, so that
/// a seeded source replays to the same rows.
pub fn decide(book: &Book, context: &Context<'_>, event: &Event, fresh: &mut dyn FnMut() -> Uuid) -> Decision {
    match &event.kind {
        EventKind::Message(inbound) => message::receive(book, context, event.at, inbound, false, fresh),
        EventKind::Echo(inbound) => message::receive(book, context, event.at, inbound, true, fresh),
        EventKind::Status(update) => status::advance(book, context, event.at, update, fresh),
        EventKind::Amend(amendment) => amend::amend(book, context, event.at, amendment),
        EventKind::Renamed(renamed) => people::rename(book, context, event.at, renamed, fresh),
        EventKind::Preference(preference) => people::prefer(book, context, event.at, preference, fresh),
        EventKind::Account(account) => Decision {
            changes: Vec::<Change>::new(),
            effects: vec![Effect::Account { channel_id: context.channel_id, event: account.clone() }],
            outcome: Outcome::Account,
        },
        EventKind::Other { note, .. } => Decision::nothing(Outcome::Ignored(note.clone())),
    }
}
