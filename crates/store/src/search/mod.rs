//! Full-text search over messages, notes and people.
//!
//! The terms of a document come from the text crate, ready made; both databases only match them as they are: SQLite in
//! an FTS5 table, PostgreSQL in a `tsvector`. So the same words give the same hits on both. A document is indexed
//! after it is stored, by a worker that follows the mark `indexed` of messages and the list `search_dirty` of contacts
//! (`perf-reliability.md` §4.4). The index is shared by all workspaces, so every document also carries a term for its
//! workspace, which every search asks for.
//!
//! A search reads the index newest first, in pieces that hold a bounded number of documents each and grow while too
//! little is found ([`place`]), none of them larger than what can be read in the time that is left ([`pace`]); then the
//! page is short and says where to go on.

mod fill;
mod pace;
mod people;
mod place;
mod read;
mod words;
mod write;

pub use fill::{Progress, advance, backlog, older, progress};
pub use pace::Effort;
pub use people::{Dirty, Found, Person, changed, details, index_people};
pub use place::Part;
pub use read::{Filter, Group, Page, Query, find};
pub use words::Vocabulary;
pub use write::{index, remove};

use crate::codec;
use crate::error::Result;
use crate::sql;
use crate::store::Store;
use rapport_core::message::Content;
use rapport_core::{ChannelId, ContactId, ConversationId, MessageId, Ms, WorkspaceId};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use uuid::Uuid;

/// A message that is not in the index yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Unindexed {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// The message.
    pub message: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its customer.
    pub contact: ContactId,
    /// The channel it went over.
    pub channel: ChannelId,
    /// `in`, `out`, `note`, ...
    pub direction: String,
    /// Its content's kind.
    pub kind: String,
    /// When it was said.
    pub at: Ms,
    /// What was said; `None` when the stored bytes are damaged (index it without terms, so that the worker goes on).
    pub content: Option<Content>,
    /// The stored bytes.
    pub packed: Vec<u8>,
}

/// A message with its terms.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The message.
    pub message: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its customer.
    pub contact: ContactId,
    /// The channel it went over.
    pub channel: ChannelId,
    /// `in`, `out`, `note`, ...
    pub direction: String,
    /// Its content's kind.
    pub kind: String,
    /// When it was said.
    pub at: Ms,
    /// Its terms; empty = nothing to be found by (event lines).
    pub terms: Vec<String>,
    /// Those that go into the dictionary.
    pub words: Vec<String>,
    /// The stored bytes the terms were made of: by them it is seen that the message has changed since.
    pub packed: Vec<u8>,
}

impl Unindexed {
    /// The document with these terms and words.
    #[must_use]
    pub fn with(self, terms: Vec<String>, words: Vec<String>) -> Document {
        let Self { message, conversation, contact, channel, direction, kind, at, packed, .. } = self;
        Document { message, conversation, contact, channel, direction, kind, at, terms, words, packed }
    }
}

/// A document that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The message or contact.
    pub document: Uuid,
    /// Its conversation; nil for contacts.
    pub conversation: ConversationId,
    /// Its customer.
    pub contact: ContactId,
    /// When it was said.
    pub at: Ms,
    /// Its place in the order of this database.
    place: i64,
}

impl Hit {
    /// The message, when it is one.
    #[must_use]
    pub fn message(&self) -> MessageId {
        MessageId(self.document)
    }

    /// Where the page after this hit begins.
    #[must_use]
    pub fn after(&self) -> After {
        (self.place, self.document)
    }
}

/// The end of a page: a place in the order of the index, opaque to callers.
pub type After = (i64, Uuid);

const UNINDEXED: &str = "workspace_id, id, conversation_id, contact_id, channel_id, direction, kind, at, content";

/// Messages of all workspaces that are not indexed yet, oldest first.
///
/// # Errors
/// What the database said.
pub async fn unindexed(store: &Store, limit: usize) -> Result<Vec<Unindexed>> {
    let text = format!("SELECT {UNINDEXED} FROM message WHERE indexed = 0 ORDER BY id LIMIT $1");
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    read_unindexed(store, text, [limit.into()]).await
}

async fn read_unindexed(
    store: &Store,
    text: String,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<Unindexed>> {
    let rows = store.readers().query_all_raw(sql::with(store.backend(), text, values)).await?;
    let read = |row: &QueryResult| {
        let packed: Vec<u8> = row.try_get_by_index(8)?;
        Ok(Unindexed {
            workspace: WorkspaceId(row.try_get_by_index(0)?),
            message: MessageId(row.try_get_by_index(1)?),
            conversation: ConversationId(row.try_get_by_index(2)?),
            contact: ContactId(row.try_get_by_index(3)?),
            channel: ChannelId(row.try_get_by_index(4)?),
            direction: row.try_get_by_index(5)?,
            kind: row.try_get_by_index(6)?,
            at: Ms(row.try_get_by_index(7)?),
            content: codec::unpack_content(&packed).ok(),
            packed,
        })
    };
    rows.iter().map(read).collect()
}
