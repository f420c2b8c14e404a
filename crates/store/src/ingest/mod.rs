//! The inbox's working set: loading what a batch of events needs, storing what it changed.
//!
//! Both are set-based: the number of statements does not depend on the number of events. They work inside the
//! caller's transaction, which has locked the lanes first ([`WriteTx::fence_lanes`]).

mod contacts;
mod conversations;
mod messages;

use crate::error::{Error, Result};
use crate::feed;
use crate::scope::WriteTx;
use rapport_core::inbox::{Batch, Book, MessageState, Needs};
use rapport_core::message::Direction;
use rapport_core::{ContactId, ConversationId, MessageId, Ms};
use std::collections::HashSet;

/// Loads the rows a batch must see.
///
/// # Errors
/// What the database said; `Damaged` when a row holds a word this program does not know.
pub async fn load(tx: &WriteTx, needs: &Needs) -> Result<Book> {
    let mut book = Book::default();
    let found = messages::load(tx, needs).await?;
    let mut wanted: HashSet<ConversationId> = HashSet::new();
    for message in found {
        wanted.insert(message.conversation_id);
        book.load_message(message);
    }
    let mut people: HashSet<ContactId> = HashSet::new();
    for contact in contacts::load(tx, needs).await? {
        people.insert(contact.id);
        book.load_contact(contact);
    }
    for conversation in conversations::of_contacts(tx, &people).await? {
        if needs.channels.contains(&conversation.channel_id) {
            wanted.remove(&conversation.id);
            book.load_conversation(conversation);
        }
    }
    for conversation in conversations::by_id(tx, &wanted).await? {
        book.load_conversation(conversation);
    }
    Ok(book)
}

/// Stores what a batch changed, its events for the log included.
///
/// # Errors
/// `Conflict` when another transaction stored the same identity, message or open conversation in the meantime
/// (roll back, load again, decide again), else what the database said.
pub async fn save(tx: &WriteTx, batch: &Batch, now: Ms) -> Result<()> {
    contacts::save(tx, batch, now).await?;
    conversations::save(tx, batch).await?;
    messages::save(tx, batch).await?;
    feed::append(tx, &batch.feed).await?;
    crate::cost::add(tx, &batch.moves).await
}

/// The messages of a list of needs alone.
///
/// # Errors
/// As [`load`].
pub(crate) async fn messages_of(tx: &WriteTx, needs: &Needs) -> Result<Vec<MessageState>> {
    messages::load(tx, needs).await
}

/// Loads one contact with its conversations and, through `messages`, what a command needs to see.
///
/// # Errors
/// As [`load`].
pub async fn load_contacts(tx: &WriteTx, ids: &[ContactId], messages: &[MessageId]) -> Result<Book> {
    let needs = Needs { message_ids: messages.iter().copied().collect(), ..Needs::default() };
    let mut book = load(tx, &needs).await?;
    let people: HashSet<ContactId> = ids.iter().copied().collect();
    for contact in contacts::by_id(tx, &people).await? {
        book.load_contact(contact);
    }
    for conversation in conversations::of_contacts(tx, &people).await? {
        book.load_conversation(conversation);
    }
    Ok(book)
}

/// Loads conversations by id with their contacts, for commands.
///
/// # Errors
/// As [`load`].
pub async fn load_conversations(tx: &WriteTx, ids: &[ConversationId]) -> Result<Book> {
    let mut book = Book::default();
    let mut people = HashSet::new();
    for conversation in conversations::by_id(tx, &ids.iter().copied().collect()).await? {
        people.insert(conversation.contact_id);
        book.load_conversation(conversation);
    }
    for contact in contacts::by_id(tx, &people).await? {
        book.load_contact(contact);
    }
    Ok(book)
}

fn direction(code: &str) -> Result<Direction> {
    [Direction::In, Direction::Out, Direction::Note, Direction::Event]
        .into_iter()
        .find(|direction| direction.code() == code)
        .ok_or_else(|| unknown("direction", code))
}

fn unknown(what: &str, code: &str) -> Error {
    Error::Damaged(format!("unknown {what}: {code}"))
}

/// A JSON column as the value it holds.
fn json<T: serde::de::DeserializeOwned>(what: &str, value: serde_json::Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::Damaged(format!("{what}: {error}")))
}

/// A value as JSON; those stored here always can be.
fn to_json<T: serde::Serialize>(value: &T) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}
