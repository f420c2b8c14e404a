//! What people say that customers want.

use crate::codec;
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::sql;
use rapport_core::message::Content;
use rapport_core::{MessageId, Ms};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

/// A person's word on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The message.
    pub message: MessageId,
    /// What is wanted; empty = none of the intents.
    pub intent: String,
    /// The message's language, when it shows.
    pub language: Option<String>,
    /// What the model in force took it for at that time; `None` = it kept silent.
    pub predicted: Option<String>,
    /// When the word was said.
    pub at: Ms,
    /// By whom.
    pub user: Option<Uuid>,
}

/// Keeps a person's word; a later one stands in place of an earlier one.
///
/// # Errors
/// What the database said.
pub async fn put(tx: &WriteTx, label: &Label) -> Result<()> {
    let text = "INSERT INTO intent_label (workspace_id, message_id, intent, language, predicted, at, user_id) \
                VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace_id, message_id) DO UPDATE SET \
                intent = excluded.intent, at = excluded.at, user_id = excluded.user_id";
    let values = [
        tx.workspace().0.into(),
        label.message.0.into(),
        label.intent.as_str().into(),
        label.language.clone().into(),
        label.predicted.clone().into(),
        label.at.0.into(),
        label.user.into(),
    ];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}

/// Takes a person's word back; says whether there was one.
///
/// # Errors
/// What the database said.
pub async fn remove(tx: &WriteTx, message: MessageId) -> Result<bool> {
    let text = "DELETE FROM intent_label WHERE workspace_id = $1 AND message_id = $2";
    let values = [tx.workspace().0.into(), message.0.into()];
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected() > 0)
}

/// What a person said that this message wants.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, message: MessageId) -> Result<Option<String>> {
    let text = "SELECT intent FROM intent_label WHERE workspace_id = $1 AND message_id = $2";
    let values = [read.workspace().0.into(), message.0.into()];
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// How many words on messages there are.
///
/// # Errors
/// What the database said.
pub async fn count(read: &Read) -> Result<i64> {
    let text = "SELECT count(*) FROM intent_label WHERE workspace_id = $1";
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, [read.workspace().0.into()])).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

/// Every intent that people have named.
///
/// # Errors
/// What the database said.
pub async fn intents(read: &Read) -> Result<Vec<String>> {
    let text = "SELECT DISTINCT intent FROM intent_label WHERE workspace_id = $1 AND intent <> ''";
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, [read.workspace().0.into()])).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// A message with a person's word on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    /// The message.
    pub message: MessageId,
    /// What is wanted; empty = none of the intents.
    pub intent: String,
    /// Its language, when it shows.
    pub language: Option<String>,
    /// What was said.
    pub content: Content,
}

/// The newest messages with a word on them. Those that cannot be read any more are left out.
///
/// # Errors
/// What the database said.
pub async fn newest(read: &Read, limit: u64) -> Result<Vec<Labelled>> {
    let text = "SELECT l.message_id, l.intent, l.language, m.content FROM intent_label AS l \
                JOIN message AS m ON m.workspace_id = l.workspace_id AND m.id = l.message_id \
                WHERE l.workspace_id = $1 ORDER BY l.at DESC, l.message_id LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [read.workspace().0.into(), limit.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let labelled = |row: &QueryResult| {
        let Ok(content) = codec::unpack_content(&row.try_get_by_index::<Vec<u8>>(3)?) else { return Ok(None) };
        let message = MessageId(row.try_get_by_index(0)?);
        let (intent, language) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        Ok::<_, Error>(Some(Labelled { message, intent, language, content }))
    };
    rows.iter().filter_map(|row| labelled(row).transpose()).collect()
}

/// How the model and people agreed on the messages of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The language; `None` = none shows.
    pub language: Option<String>,
    /// Messages in which the model named an intent.
    pub named: i64,
    /// Of these, those in which people said the same.
    pub right: i64,
    /// Messages of an intent in which the model kept silent.
    pub silent: i64,
}

/// How the model and people agreed since a moment, by language.
///
/// # Errors
/// What the database said.
pub async fn agreement(read: &Read, since: Ms) -> Result<Vec<Agreement>> {
    let text = "SELECT language, count(predicted), count(CASE WHEN predicted = intent THEN 1 END), \
                count(CASE WHEN predicted IS NULL AND intent <> '' THEN 1 END) FROM intent_label \
                WHERE workspace_id = $1 AND at >= $2 GROUP BY language ORDER BY language";
    let values = [read.workspace().0.into(), since.0.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let agreement = |row: &QueryResult| {
        Ok(Agreement {
            language: row.try_get_by_index(0)?,
            named: row.try_get_by_index(1)?,
            right: row.try_get_by_index(2)?,
            silent: row.try_get_by_index(3)?,
        })
    };
    rows.iter().map(agreement).collect()
}
