//! The words and phrases that a workspace counts.

use super::touch;
use crate::batch::{self, Col, Kind, Rows, col};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Backend;
use rapport_core::{ContactId, Ms};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use serde_json::Value as Json;
use std::collections::HashMap;
use uuid::Uuid;

/// A hot word.
#[derive(Debug, Clone, PartialEq)]
pub struct HotWordRow {
    /// Which.
    pub id: Uuid,
    /// What it is about; rules ask for it.
    pub topic: String,
    /// Language code, or nothing.
    pub language: String,
    /// The word or phrase; unique in its language.
    pub text: String,
    /// Further spellings, exceptions and how it is found.
    pub body: Json,
    /// When it last changed.
    pub updated_at: Ms,
}

const WORD: &str = "SELECT id, topic, language, text, body, updated_at FROM hot_word WHERE workspace_id = $1";

fn word(row: &QueryResult) -> Result<HotWordRow> {
    Ok(HotWordRow {
        id: row.try_get_by_index(0)?,
        topic: row.try_get_by_index(1)?,
        language: row.try_get_by_index(2)?,
        text: row.try_get_by_index(3)?,
        body: row.try_get_by_index(4)?,
        updated_at: Ms(row.try_get_by_index(5)?),
    })
}

async fn words<C: ConnectionTrait>(
    conn: &C,
    backend: Backend,
    text: String,
    values: Vec<Value>,
) -> Result<Vec<HotWordRow>> {
    conn.query_all_raw(sql::with(backend, text, values)).await?.iter().map(word).collect()
}

/// Every hot word, by language, topic and text.
///
/// # Errors
/// What the database said.
pub async fn all(read: &Read) -> Result<Vec<HotWordRow>> {
    let text = format!("{WORD} ORDER BY language, topic, text");
    words(&read.conn(), read.backend(), text, vec![read.workspace().0.into()]).await
}

/// [`all`] inside a writing transaction; nobody else changes them before its end, and all who read by them hear of it.
///
/// # Errors
/// What the database said.
pub async fn all_for_write(tx: &WriteTx) -> Result<Vec<HotWordRow>> {
    touch(tx).await?;
    let text = format!("{WORD} ORDER BY language, topic, text");
    words(tx.conn(), tx.backend(), text, vec![tx.workspace().0.into()]).await
}

/// Writes hot words, new ones and known ones.
///
/// # Errors
/// `Conflict` when another word of a language has the same text.
pub async fn put(tx: &WriteTx, rows: &[HotWordRow], now: Ms) -> Result<()> {
    const COLS: &[Col] = &[
        col("workspace_id", Kind::Uuid),
        col("id", Kind::Uuid),
        col("topic", Kind::Text),
        col("language", Kind::Text),
        col("text", Kind::Text),
        col("body", Kind::Json),
        col("created_at", Kind::Big),
        col("updated_at", Kind::Big),
    ];
    let mut batch = Rows::new(COLS);
    for row in rows {
        batch.push([
            tx.workspace().0.into(),
            row.id.into(),
            row.topic.as_str().into(),
            row.language.as_str().into(),
            row.text.as_str().into(),
            row.body.clone().into(),
            now.0.into(),
            now.0.into(),
        ]);
    }
    let tail = "ON CONFLICT (workspace_id, id) DO UPDATE SET topic = excluded.topic, language = excluded.language, \
                text = excluded.text, body = excluded.body, updated_at = excluded.updated_at";
    batch::insert(tx.conn(), tx.backend(), "hot_word", tail, batch).await?;
    Ok(())
}

/// Removes hot words with what was counted of them; says how many there were.
///
/// # Errors
/// What the database said.
pub async fn remove(tx: &WriteTx, ids: &[Uuid]) -> Result<u64> {
    const ID: &[Col] = &[col("id", Kind::Uuid)];
    let mut gone = 0;
    for (table, column) in [("reading_word", "word_id"), ("hot_word", "id")] {
        let mut rows = Rows::new(ID);
        for id in ids {
            rows.push([(*id).into()]);
        }
        let text =
            format!("DELETE FROM {table} WHERE workspace_id = $1 AND {column} IN (SELECT v.column1 FROM {{rows}})");
        gone = batch::execute(tx.conn(), tx.backend(), &text, &[tx.workspace().0.into()], rows).await?;
    }
    Ok(gone)
}

/// How often a hot word was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Said {
    /// Places.
    pub times: i64,
    /// Messages.
    pub messages: i64,
    /// Customers.
    pub customers: i64,
}

/// How often each hot word was said in a time, by everybody or by one customer. Those that were not are left out.
///
/// # Errors
/// What the database said.
pub async fn said(read: &Read, contact: Option<ContactId>, (from, to): (Ms, Ms)) -> Result<HashMap<Uuid, Said>> {
    let one = if contact.is_some() { " AND r.contact_id = $4" } else { "" };
    let text = format!(
        "SELECT w.word_id, CAST(sum(w.times) AS bigint), count(*), count(DISTINCT r.contact_id) FROM reading AS r \
         JOIN reading_word AS w ON w.workspace_id = r.workspace_id AND w.message_id = r.message_id \
         WHERE r.workspace_id = $1 AND r.at >= $2 AND r.at < $3{one} GROUP BY w.word_id"
    );
    let mut values: Vec<Value> = vec![read.workspace().0.into(), from.0.into(), to.0.into()];
    values.extend(contact.map(|id| Value::from(id.0)));
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let said = |row: &QueryResult| {
        let said = Said {
            times: row.try_get_by_index(1)?,
            messages: row.try_get_by_index(2)?,
            customers: row.try_get_by_index(3)?,
        };
        Ok::<_, Error>((row.try_get_by_index(0)?, said))
    };
    rows.iter().map(said).collect()
}
