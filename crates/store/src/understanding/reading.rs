//! What was read of each message of a customer, in short. It follows the messages some moments later: what waits is in a
//! list of its own, so that nothing is lost when the process ends.

use super::Stamp;
use crate::batch::{self, Col, Kind, Rows, col, opt};
use crate::codec;
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::{Backend, Store};
use rapport_core::id::uuid_v7;
use rapport_core::message::Content;
use rapport_core::{ContactId, ConversationId, MessageId, Ms, WorkspaceId};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// A message that waits to be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// The message.
    pub message: MessageId,
    /// Its customer, as it was looked up.
    pub contact: ContactId,
    /// Its conversation, as it was looked up.
    pub conversation: ConversationId,
    /// When it was said.
    pub at: Ms,
    /// What was said; `None` when the stored bytes are damaged.
    pub content: Option<Content>,
    /// The customer's language, as far as it is known.
    pub language: Option<String>,
}

/// What was read of a message; whose it is is looked up as it is kept. Numbers are thousandths.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The message.
    pub message: MessageId,
    /// When it was said.
    pub at: Ms,
    /// Its language, when it shows.
    pub language: Option<String>,
    /// How content the customer sounds, 0 to 1000.
    pub mood: Option<i16>,
    /// What is most likely wanted.
    pub intent: Option<String>,
    /// Whether that is plain.
    pub sure: bool,
    /// How likely it is, 0 to 1000.
    pub probability: i16,
    /// How much would be learned from a person's word on it, 0 to 1000.
    pub doubt: i16,
    /// Codes of the products it speaks of without doubt.
    pub products: Vec<String>,
    /// Hot words, and how often each stands in it.
    pub words: Vec<(Uuid, i16)>,
}

const MESSAGE: &[Col] = &[col("message_id", Kind::Uuid)];

fn messages(ids: impl Iterator<Item = MessageId>) -> Rows {
    let mut rows = Rows::new(MESSAGE);
    ids.for_each(|id| rows.push([id.0.into()]));
    rows
}

/// Puts messages of the workspace on the list of those to be read.
///
/// # Errors
/// What the database said.
pub async fn wait_for(tx: &WriteTx, ids: impl Iterator<Item = MessageId>) -> Result<()> {
    let text = "INSERT INTO reading_due (workspace_id, message_id, again) SELECT {workspace}, v.column1, 0 FROM {rows} \
                WHERE true ON CONFLICT (workspace_id, message_id) DO UPDATE SET again = 0";
    batch::execute(tx.conn(), tx.backend(), text, &[tx.workspace().0.into()], messages(ids)).await?;
    Ok(())
}

/// What customers wrote since a moment, newest first, from before a message on. Ids grow with time: so they are found by the
/// primary key, without looking at what is older.
///
/// # Errors
/// What the database said.
pub async fn heard(read: &Read, since: Ms, before: Option<MessageId>, limit: u64) -> Result<Vec<MessageId>> {
    let oldest = uuid_v7(since, [0; 10]);
    let before = before.map_or(Uuid::max(), |id| id.0);
    let text = "SELECT id FROM message WHERE workspace_id = $1 AND id >= $2 AND id < $3 AND direction = 'in' AND at >= $4 \
                ORDER BY id DESC LIMIT $5";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [read.workspace().0.into(), oldest.into(), before.into(), since.0.into(), limit.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    rows.iter().map(|row| Ok(MessageId(row.try_get_by_index(0)?))).collect()
}

/// Has messages read again, behind what is new.
///
/// # Errors
/// What the database said.
pub async fn again(tx: &WriteTx, ids: &[MessageId]) -> Result<()> {
    let text = "INSERT INTO reading_due (workspace_id, message_id, again) SELECT {workspace}, v.column1, 1 FROM {rows} \
                WHERE true ON CONFLICT (workspace_id, message_id) DO NOTHING";
    batch::execute(tx.conn(), tx.backend(), text, &[tx.workspace().0.into()], messages(ids.iter().copied())).await?;
    Ok(())
}

/// Messages of all workspaces that wait, new ones first.
///
/// # Errors
/// What the database said.
pub async fn due(store: &Store, limit: usize) -> Result<Vec<Due>> {
    let text = "SELECT d.workspace_id, d.message_id, m.contact_id, m.conversation_id, m.at, m.content, c.language \
                FROM (SELECT workspace_id, message_id, again FROM reading_due ORDER BY again, message_id LIMIT $1) AS d \
                LEFT JOIN message AS m ON m.workspace_id = d.workspace_id AND m.id = d.message_id \
                LEFT JOIN contact AS c ON c.workspace_id = d.workspace_id AND c.id = m.contact_id \
                ORDER BY d.again, d.message_id";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = store.readers().query_all_raw(sql::with(store.backend(), text, [limit.into()])).await?;
    let read = |row: &QueryResult| {
        let packed: Option<Vec<u8>> = row.try_get_by_index(5)?;
        let id = |place| Ok::<_, Error>(row.try_get_by_index::<Option<Uuid>>(place)?.unwrap_or_default());
        Ok(Due {
            workspace: WorkspaceId(row.try_get_by_index(0)?),
            message: MessageId(row.try_get_by_index(1)?),
            contact: ContactId(id(2)?),
            conversation: ConversationId(id(3)?),
            at: Ms(row.try_get_by_index::<Option<i64>>(4)?.unwrap_or_default()),
            content: packed.and_then(|packed| codec::unpack_content(&packed).ok()),
            language: row.try_get_by_index(6)?,
        })
    };
    rows.iter().map(read).collect()
}

/// How many messages of the workspace wait.
///
/// # Errors
/// What the database said.
pub async fn waiting(read: &Read) -> Result<i64> {
    let text = "SELECT count(*) FROM reading_due WHERE workspace_id = $1";
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, [read.workspace().0.into()])).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

/// Keeps what was read in place of what was read before, and takes these messages from the list; those that another node
/// took from it meanwhile are left as they are. Nothing is done, and the messages stay on the list, when hot words or the
/// model changed since `stamp` was taken: false.
///
/// # Errors
/// What the database said.
pub async fn keep(tx: &WriteTx, stamp: Stamp, done: &[MessageId], readings: &[Reading]) -> Result<bool> {
    super::lock(tx).await?;
    if !super::still(tx, stamp).await? {
        return Ok(false);
    }
    let owners = owners(tx, done).await?;
    let workspace = tx.workspace().0;
    let text = "DELETE FROM reading_due WHERE workspace_id = $1 AND message_id IN (SELECT v.column1 FROM {rows}) \
                RETURNING message_id";
    let struck =
        batch::query(tx.conn(), tx.backend(), text, &[workspace.into()], messages(done.iter().copied())).await?;
    let struck = struck.iter().map(|row| Ok(MessageId(row.try_get_by_index(0)?))).collect::<Result<Vec<_>>>()?;
    for table in ["reading_word", "reading"] {
        let text =
            format!("DELETE FROM {table} WHERE workspace_id = $1 AND message_id IN (SELECT v.column1 FROM {{rows}})");
        batch::execute(tx.conn(), tx.backend(), &text, &[workspace.into()], messages(struck.iter().copied())).await?;
    }
    let kept: Vec<(&Reading, Owner)> = readings
        .iter()
        .filter(|reading| struck.contains(&reading.message))
        .filter_map(|reading| Some((reading, *owners.get(&reading.message)?)))
        .collect();
    insert(tx, &kept).await?;
    insert_words(tx, &kept).await?;
    Ok(true)
}

/// A message's customer and conversation.
type Owner = (ContactId, ConversationId);

/// Whose messages they are now; until the end of the transaction they stay theirs.
async fn owners(tx: &WriteTx, ids: &[MessageId]) -> Result<HashMap<MessageId, Owner>> {
    let held = if tx.backend() == Backend::Postgres { " FOR SHARE" } else { "" };
    let text = format!(
        "SELECT id, contact_id, conversation_id FROM message WHERE workspace_id = $1 AND id IN (SELECT v.column1 \
         FROM {{rows}}) ORDER BY id{held}"
    );
    let found = messages(ids.iter().copied());
    let rows = batch::query(tx.conn(), tx.backend(), &text, &[tx.workspace().0.into()], found).await?;
    let owner = |row: &QueryResult| {
        let owner = (ContactId(row.try_get_by_index(1)?), ConversationId(row.try_get_by_index(2)?));
        Ok((MessageId(row.try_get_by_index(0)?), owner))
    };
    rows.iter().map(owner).collect()
}

async fn insert(tx: &WriteTx, readings: &[(&Reading, Owner)]) -> Result<()> {
    const COLS: &[Col] = &[
        col("workspace_id", Kind::Uuid),
        col("message_id", Kind::Uuid),
        col("contact_id", Kind::Uuid),
        col("conversation_id", Kind::Uuid),
        col("at", Kind::Big),
        opt("language", Kind::Text),
        opt("mood", Kind::Small),
        opt("intent", Kind::Text),
        col("sure", Kind::Small),
        col("probability", Kind::Small),
        col("doubt", Kind::Small),
        opt("products", Kind::Json),
    ];
    let mut rows = Rows::new(COLS);
    for (reading, (contact, conversation)) in readings {
        let products = (!reading.products.is_empty()).then(|| json!(reading.products));
        rows.push([
            tx.workspace().0.into(),
            reading.message.0.into(),
            contact.0.into(),
            conversation.0.into(),
            reading.at.0.into(),
            reading.language.clone().into(),
            reading.mood.into(),
            reading.intent.clone().into(),
            i16::from(reading.sure).into(),
            reading.probability.into(),
            reading.doubt.into(),
            products.into(),
        ]);
    }
    batch::insert(tx.conn(), tx.backend(), "reading", "", rows).await?;
    Ok(())
}

async fn insert_words(tx: &WriteTx, readings: &[(&Reading, Owner)]) -> Result<()> {
    const COLS: &[Col] = &[
        col("workspace_id", Kind::Uuid),
        col("message_id", Kind::Uuid),
        col("word_id", Kind::Uuid),
        col("times", Kind::Small),
    ];
    let mut rows = Rows::new(COLS);
    for (reading, _) in readings {
        for (word, times) in &reading.words {
            rows.push([tx.workspace().0.into(), reading.message.0.into(), (*word).into(), (*times).into()]);
        }
    }
    batch::insert(tx.conn(), tx.backend(), "reading_word", "", rows).await?;
    Ok(())
}

/// Whose readings are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A customer's.
    Contact(ContactId),
    /// A conversation's, of this customer.
    Conversation(ContactId, ConversationId),
}

/// The newest moods since a moment, newest first: when, and how content, 0 to 1000.
///
/// # Errors
/// What the database said.
pub async fn moods(read: &Read, of: Of, since: Ms, limit: u64) -> Result<Vec<(Ms, i16)>> {
    let (contact, conversation) = match of {
        Of::Contact(contact) => (contact, None),
        Of::Conversation(contact, conversation) => (contact, Some(conversation)),
    };
    let one = if conversation.is_some() { " AND conversation_id = $5" } else { "" };
    let text = format!(
        "SELECT at, mood FROM reading WHERE workspace_id = $1 AND contact_id = $2 AND at >= $3{one} \
         AND mood IS NOT NULL ORDER BY at DESC LIMIT $4"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut values: Vec<Value> = vec![read.workspace().0.into(), contact.0.into(), since.0.into(), limit.into()];
    values.extend(conversation.map(|id| Value::from(id.0)));
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    rows.iter().map(|row| Ok((Ms(row.try_get_by_index(0)?), row.try_get_by_index(1)?))).collect()
}

/// What a person may say a word on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubtful {
    /// The message.
    pub message: MessageId,
    /// Its language, when it shows.
    pub language: Option<String>,
    /// What is most likely wanted.
    pub intent: Option<String>,
    /// Whether that is plain.
    pub sure: bool,
    /// How likely it is, 0 to 1000.
    pub probability: i16,
    /// How much would be learned.
    pub doubt: i16,
}

/// Messages nobody has said a word on yet, of the newest `among` since a moment: those first of which most would be
/// learned. Of a language and an intent, where they are named.
///
/// # Errors
/// What the database said.
pub async fn doubtful(
    read: &Read,
    since: Ms,
    (language, intent): (Option<&str>, Option<&str>),
    (among, limit): (u64, u64),
) -> Result<Vec<Doubtful>> {
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let mut values: Vec<Value> =
        vec![read.workspace().0.into(), since.0.into(), whole(among).into(), whole(limit).into()];
    let mut narrow = String::new();
    for (column, wanted) in [("language", language), ("intent", intent)] {
        if let Some(wanted) = wanted {
            values.push(wanted.into());
            narrow.push_str(&format!(" AND r.{column} = ${}", values.len()));
        }
    }
    let text = format!(
        "SELECT d.message_id, d.language, d.intent, d.sure, d.probability, d.doubt FROM (SELECT r.message_id, r.language, \
         r.intent, r.sure, r.probability, r.doubt FROM reading AS r WHERE r.workspace_id = $1 AND r.at >= $2{narrow} \
         AND NOT EXISTS (SELECT 1 FROM intent_label AS l WHERE l.workspace_id = r.workspace_id \
         AND l.message_id = r.message_id) ORDER BY r.at DESC LIMIT $3) AS d ORDER BY d.doubt DESC, d.message_id DESC LIMIT $4"
    );
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let doubtful = |row: &QueryResult| {
        Ok(Doubtful {
            message: MessageId(row.try_get_by_index(0)?),
            language: row.try_get_by_index(1)?,
            intent: row.try_get_by_index(2)?,
            sure: row.try_get_by_index::<i16>(3)? != 0,
            probability: row.try_get_by_index(4)?,
            doubt: row.try_get_by_index(5)?,
        })
    };
    rows.iter().map(doubtful).collect()
}

/// The reading of one message, as it is kept.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, message: MessageId) -> Result<Option<Doubtful>> {
    let text =
        "SELECT language, intent, sure, probability, doubt FROM reading WHERE workspace_id = $1 AND message_id = $2";
    let values = [read.workspace().0.into(), message.0.into()];
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
    let read = |row: QueryResult| {
        Ok(Doubtful {
            message,
            language: row.try_get_by_index(0)?,
            intent: row.try_get_by_index(1)?,
            sure: row.try_get_by_index::<i16>(2)? != 0,
            probability: row.try_get_by_index(3)?,
            doubt: row.try_get_by_index(4)?,
        })
    };
    row.map(read).transpose()
}
