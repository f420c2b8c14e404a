//! Full-text search over messages.
//!
//! The terms of a message come from the text crate, ready made; both databases only match them as they are: SQLite in
//! an FTS5 table, PostgreSQL in a `tsvector`. So the same words give the same hits on both. A message is indexed
//! after it is stored, by a worker that follows the mark `indexed` (`perf-reliability.md` §4.4). The index is shared by all
//! workspaces, so every document also carries a term for its workspace, which every search asks for.

use crate::batch::{self, Col, Kind, Rows, col};
use crate::codec;
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::{Backend, Store};
use rapport_core::message::Content;
use rapport_core::{ContactId, ConversationId, MessageId, Ms, WorkspaceId};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use std::collections::HashMap;
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
    /// When it was said.
    pub at: Ms,
    /// What was said; `None` when the stored bytes are damaged (index it without terms, so that the worker goes on).
    pub content: Option<Content>,
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
    /// When it was said.
    pub at: Ms,
    /// Its terms; empty = nothing to be found by (event lines).
    pub terms: Vec<String>,
}

/// What to look for: every group must be met by at least one of its terms, the last one also by a term that begins
/// like one of the prefixes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Alternatives within a group.
    pub groups: Vec<Vec<String>>,
    /// Beginnings that meet the last group.
    pub prefixes: Vec<String>,
}

/// Which messages are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only this conversation.
    pub conversation: Option<ConversationId>,
    /// Only this customer.
    pub contact: Option<ContactId>,
    /// Only at or after this moment.
    pub since: Option<Ms>,
    /// Only before this moment.
    pub until: Option<Ms>,
}

/// A message that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The message.
    pub message: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its customer.
    pub contact: ContactId,
    /// When it was said.
    pub at: Ms,
}

/// The last hit of a page; the next page begins after it.
pub type After = (Ms, MessageId);

/// The term every document of a workspace has: "w" and the last twelve hexadecimal digits of its id, which are
/// random (the first ones are the time it was made).
fn workspace_term(workspace: WorkspaceId) -> String {
    let hex = workspace.0.simple().to_string();
    format!("w{}", &hex[20..])
}

/// Terms consist of letters and digits; anything else would be read as an operator or a break, so it is dropped.
fn safe(term: &str) -> String {
    term.chars()
        .filter(|c| !c.is_ascii() || c.is_ascii_alphanumeric())
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_lowercase()
}

/// Messages of all workspaces that are not indexed yet, oldest first.
///
/// # Errors
/// What the database said.
pub async fn unindexed(store: &Store, limit: usize) -> Result<Vec<Unindexed>> {
    let text = "SELECT workspace_id, id, conversation_id, contact_id, at, content FROM message WHERE indexed = 0 \
                ORDER BY id LIMIT $1";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = store.readers().query_all_raw(sql::with(store.backend(), text, [limit.into()])).await?;
    let read = |row: &QueryResult| {
        let packed: Vec<u8> = row.try_get_by_index(5)?;
        Ok(Unindexed {
            workspace: WorkspaceId(row.try_get_by_index(0)?),
            message: MessageId(row.try_get_by_index(1)?),
            conversation: ConversationId(row.try_get_by_index(2)?),
            contact: ContactId(row.try_get_by_index(3)?),
            at: Ms(row.try_get_by_index(4)?),
            content: codec::unpack_content(&packed).ok(),
        })
    };
    rows.iter().map(read).collect()
}

/// Puts messages of the transaction's workspace into the index, replacing what was there, and marks them as indexed.
///
/// # Errors
/// What the database said.
pub async fn index(tx: &WriteTx, documents: &[Document]) -> Result<()> {
    remove(tx, documents.iter().map(|document| document.message)).await?;
    let workspace = workspace_term(tx.workspace());
    let with_terms: Vec<&Document> = documents.iter().filter(|document| !document.terms.is_empty()).collect();
    match tx.backend() {
        Backend::Sqlite => index_sqlite(tx, &with_terms, &workspace).await?,
        Backend::Postgres => index_postgres(tx, &with_terms, &workspace).await?,
    }
    mark(tx, documents).await
}

fn joined(document: &Document, workspace: &str) -> String {
    let mut text = workspace.to_owned();
    for term in document.terms.iter().map(|term| safe(term)).filter(|term| !term.is_empty()) {
        text.push(' ');
        text.push_str(&term);
    }
    text
}

const DOCUMENT: &[Col] = &[
    col("workspace_id", Kind::Uuid),
    col("message_id", Kind::Uuid),
    col("conversation_id", Kind::Uuid),
    col("contact_id", Kind::Uuid),
    col("at", Kind::Big),
];

async fn index_sqlite(tx: &WriteTx, documents: &[&Document], workspace: &str) -> Result<()> {
    const TERMS: &[Col] = &[col("rowid", Kind::Big), col("terms", Kind::Text)];
    let mut rows = Rows::new(DOCUMENT);
    for document in documents {
        rows.push([
            tx.workspace().0.into(),
            document.message.0.into(),
            document.conversation.0.into(),
            document.contact.0.into(),
            document.at.0.into(),
        ]);
    }
    let text = batch::insert_template("search_doc", DOCUMENT, "RETURNING message_id, docid");
    let mut numbers: HashMap<Uuid, i64> = HashMap::with_capacity(documents.len());
    for row in batch::query(tx.conn(), tx.backend(), &text, &[], rows).await? {
        numbers.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    }
    let mut terms = Rows::new(TERMS);
    for document in documents {
        let number = numbers.get(&document.message.0).copied().ok_or(Error::NotFound("search document"))?;
        terms.push([number.into(), joined(document, workspace).into()]);
    }
    batch::insert(tx.conn(), tx.backend(), "search_term", "", terms).await?;
    Ok(())
}

async fn index_postgres(tx: &WriteTx, documents: &[&Document], workspace: &str) -> Result<()> {
    const COLS: &[Col] = &[
        col("workspace_id", Kind::Uuid),
        col("message_id", Kind::Uuid),
        col("conversation_id", Kind::Uuid),
        col("contact_id", Kind::Uuid),
        col("at", Kind::Big),
        col("terms", Kind::Text),
    ];
    let mut rows = Rows::new(COLS);
    for document in documents {
        rows.push([
            tx.workspace().0.into(),
            document.message.0.into(),
            document.conversation.0.into(),
            document.contact.0.into(),
            document.at.0.into(),
            joined(document, workspace).into(),
        ]);
    }
    let text = "INSERT INTO search_doc (workspace_id, message_id, conversation_id, contact_id, at, terms) \
                SELECT v.column1, v.column2, v.column3, v.column4, v.column5, \
                array_to_tsvector(string_to_array(v.column6, ' ')) FROM {rows}";
    batch::execute(tx.conn(), tx.backend(), text, &[], rows).await?;
    Ok(())
}

async fn mark(tx: &WriteTx, documents: &[Document]) -> Result<()> {
    let text = "UPDATE message SET indexed = 1 FROM {rows} WHERE message.workspace_id = $1 AND message.id = v.column1";
    let rows = message_rows(documents.iter().map(|document| document.message));
    batch::execute(tx.conn(), tx.backend(), text, &[tx.workspace().0.into()], rows).await?;
    Ok(())
}

fn message_rows(messages: impl Iterator<Item = MessageId>) -> Rows {
    const ID: &[Col] = &[col("message_id", Kind::Uuid)];
    let mut rows = Rows::new(ID);
    for message in messages {
        rows.push([message.0.into()]);
    }
    rows
}

/// Takes messages out of the index, for example when they are erased.
///
/// # Errors
/// What the database said.
pub async fn remove(tx: &WriteTx, messages: impl Iterator<Item = MessageId>) -> Result<()> {
    let rows = message_rows(messages);
    let fixed = [Value::from(tx.workspace().0)];
    if tx.backend() == Backend::Postgres {
        let text = "DELETE FROM search_doc USING {rows} WHERE search_doc.workspace_id = $1 AND search_doc.message_id = v.column1";
        batch::execute(tx.conn(), tx.backend(), text, &fixed, rows).await?;
        return Ok(());
    }
    const NUMBER: &[Col] = &[col("docid", Kind::Big)];
    let text =
        "DELETE FROM search_doc WHERE workspace_id = $1 AND message_id IN (SELECT column1 FROM {rows}) RETURNING docid";
    let mut numbers = Rows::new(NUMBER);
    for row in batch::query(tx.conn(), tx.backend(), text, &fixed, rows).await? {
        numbers.push([row.try_get_by_index::<i64>(0)?.into()]);
    }
    let text = "DELETE FROM search_term WHERE rowid IN (SELECT column1 FROM {rows})";
    batch::execute(tx.conn(), tx.backend(), text, &[], numbers).await?;
    Ok(())
}

/// The newest messages that match, newest first. A query without groups matches nothing.
///
/// # Errors
/// What the database said.
pub async fn find(read: &Read, query: &Query, filter: &Filter, after: Option<After>, limit: u64) -> Result<Vec<Hit>> {
    let Some(wanted) = expression(read.backend(), read.workspace(), query) else { return Ok(Vec::new()) };
    let mut values: Vec<Value> = vec![wanted.into(), read.workspace().0.into()];
    let mut conditions = String::new();
    let mut add = |condition: &str, value: Value| {
        values.push(value);
        conditions.push_str(&condition.replace('?', &format!("${}", values.len())));
    };
    if let Some(id) = filter.conversation {
        add(" AND d.conversation_id = ?", id.0.into());
    }
    if let Some(id) = filter.contact {
        add(" AND d.contact_id = ?", id.0.into());
    }
    if let Some(since) = filter.since {
        add(" AND d.at >= ?", since.0.into());
    }
    if let Some(until) = filter.until {
        add(" AND d.at < ?", until.0.into());
    }
    if let Some((at, message)) = after {
        add(" AND (d.at < ?", at.0.into());
        add(" OR (d.at = ?", at.0.into());
        add(" AND d.message_id < ?))", message.0.into());
    }
    add(" ORDER BY d.at DESC, d.message_id DESC LIMIT ?", i64::try_from(limit).unwrap_or(i64::MAX).into());
    let source = match read.backend() {
        Backend::Sqlite => {
            "search_term CROSS JOIN search_doc AS d WHERE search_term MATCH $1 AND d.docid = search_term.rowid AND d.workspace_id = $2"
        }
        Backend::Postgres => "search_doc AS d WHERE d.terms @@ $1::tsquery AND d.workspace_id = $2",
    };
    let text = format!("SELECT d.message_id, d.conversation_id, d.contact_id, d.at FROM {source}{conditions}");
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let hit = |row: &QueryResult| {
        Ok(Hit {
            message: MessageId(row.try_get_by_index(0)?),
            conversation: ConversationId(row.try_get_by_index(1)?),
            contact: ContactId(row.try_get_by_index(2)?),
            at: Ms(row.try_get_by_index(3)?),
        })
    };
    rows.iter().map(hit).collect()
}

/// The query in the database's own language; `None` when it asks for nothing.
fn expression(backend: Backend, workspace: WorkspaceId, query: &Query) -> Option<String> {
    let (and, or) = if backend == Backend::Sqlite { (" AND ", " OR ") } else { (" & ", " | ") };
    let exact = |term: &str| if backend == Backend::Sqlite { format!("\"{term}\"") } else { format!("'{term}'") };
    let prefix = |term: &str| if backend == Backend::Sqlite { format!("\"{term}\"*") } else { format!("'{term}':*") };
    let last = query.groups.len().checked_sub(1)?;
    let mut parts = vec![exact(&workspace_term(workspace))];
    for (index, group) in query.groups.iter().enumerate() {
        let cleaned =
            |terms: &[String]| terms.iter().map(|term| safe(term)).filter(|term| !term.is_empty()).collect::<Vec<_>>();
        let mut alternatives: Vec<String> = cleaned(group).iter().map(|term| exact(term)).collect();
        if index == last {
            alternatives.extend(cleaned(&query.prefixes).iter().map(|term| prefix(term)));
        }
        // A group that nothing can meet: neither can the whole.
        if alternatives.is_empty() {
            return None;
        }
        parts.push(format!("({})", alternatives.join(or)));
    }
    Some(parts.join(and))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_quote_every_term() {
        let query = Query {
            groups: vec![vec!["order".into(), "or\"d OR x".into()], vec!["del".into()]],
            prefixes: vec!["del".into()],
        };
        let workspace = WorkspaceId(Uuid::from_u128(0xabc));
        assert_eq!(
            expression(Backend::Sqlite, workspace, &query).unwrap(),
            "\"w000000000abc\" AND (\"order\" OR \"ordorx\") AND (\"del\" OR \"del\"*)"
        );
        assert_eq!(
            expression(Backend::Postgres, workspace, &query).unwrap(),
            "'w000000000abc' & ('order' | 'ordorx') & ('del' | 'del':*)"
        );
        assert_eq!(expression(Backend::Sqlite, workspace, &Query::default()), None);
    }
}
