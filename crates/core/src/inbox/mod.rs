//! The inbox: what a provider's event does to contacts, conversations and messages.
//!
//! [`decide`] is pure: it reads a [`Book`] (the rows a batch of events needs, as they are now), one event and
//! the present moment, and answers with changes, effects and an outcome. [`Book::apply`] plays the changes into
//! the book, so that the next event of the batch sees them; after the last one [`Book::drain`] hands the
//! accumulated rows to the store, which writes them in one transaction.

mod amend;
mod announce;
mod beside;
mod book;
mod command;
mod decide;
#[cfg(test)]
mod fixtures;
mod join;
mod message;
mod needs;
mod people;
mod quiet;
mod release;
mod remark;
mod sending;
pub mod snooze;
mod split;
mod state;
mod status;
#[cfg(test)]
mod tests;
pub mod undo;
pub mod unsent;

pub use amend::react_by_business;
pub use announce::announce;
pub use beside::{Heard, open_until, own_windows};
pub use book::{Batch, Book};
pub use command::{Actor, Command, CommandError, Draft, note, open, outbound, run};
pub use decide::decide;
pub use join::{MergeError, Merged, join_contacts, join_conversations, merge, refuse_both};
pub(crate) use message::{answered, heard};
pub use needs::{Needs, message_key, needs};
pub use quiet::quiet_line;
pub use release::Gone;
pub use remark::remark;
pub use sending::{Step, consented, step, stopped_marketing};
pub use split::{Part, Shown, Split, SplitError, apart, split};
pub use state::{
    Change, ConsentRecord, ContactState, Context, ConversationState, ConversationStatus, Decision, Effect, FeedEvent,
    MessageState, NewMessage, Outcome, Policy, Priority, Reaction,
};

/// Tag put before our message id in the provider's callback field; echoed in every status.
pub const CALLBACK_PREFIX: &str = "rpt:";

/// The callback text that identifies attempt `attempt` at sending `message`.
#[must_use]
pub fn callback(message: crate::MessageId, attempt: u32) -> String {
    format!("{CALLBACK_PREFIX}{message}:{attempt}")
}

/// Reads a callback text back; `None` for texts that are not ours.
#[must_use]
pub fn parse_callback(text: &str) -> Option<(crate::MessageId, u32)> {
    let (id, attempt) = text.strip_prefix(CALLBACK_PREFIX)?.split_once(':')?;
    Some((crate::MessageId(id.parse().ok()?), attempt.parse().ok()?))
}
