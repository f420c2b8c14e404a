//! What is stored, read beside the product with the databases' own clients: the product cannot vouch for itself.

use crate::Result;
use crate::oracle::{Line, RawRow};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::SimpleQueryMessage;

/// Where an installation keeps its data.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// A URL.
    Postgres(String),
}

/// A row as text: ids without hyphens, bytes as hexadecimal.
pub type Row = Vec<Option<String>>;

impl Database {
    /// Runs a query that means the same in both databases.
    pub async fn rows(&self, sql: &str) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite(path) => {
                let (path, sql) = (path.clone(), sql.to_owned());
                tokio::task::spawn_blocking(move || sqlite_rows(&path, &sql)).await?
            }
            Self::Postgres(url) => {
                let client = super::postgres::connect(url).await?;
                let mut rows = Vec::new();
                for message in client.simple_query(sql).await? {
                    if let SimpleQueryMessage::Row(row) = message {
                        rows.push((0..row.len()).map(|place| row.get(place).map(plain)).collect());
                    }
                }
                Ok(rows)
            }
        }
    }

    /// Changes what is stored. Only while no node runs: the product must not be disturbed, only its time.
    pub async fn change(&self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(path) => {
                let (path, sql) = (path.clone(), sql.to_owned());
                tokio::task::spawn_blocking(move || Connection::open(path)?.execute_batch(&sql)).await??;
            }
            Self::Postgres(url) => super::postgres::connect(url).await?.batch_execute(sql).await?,
        }
        Ok(())
    }

    /// The only number of a query; 0 for null.
    pub async fn number(&self, sql: &str) -> Result<i64> {
        let rows = self.rows(sql).await?;
        let cell = rows.first().and_then(|row| row.first()).cloned().flatten();
        Ok(cell.and_then(|digits| digits.parse().ok()).unwrap_or(0))
    }

    /// Checks the file's or the cluster's own consistency where there is a quick way.
    pub async fn sound(&self) -> Result<bool> {
        match self {
            Self::Sqlite(_) => {
                let rows = self.rows("PRAGMA integrity_check").await?;
                Ok(rows.first().and_then(|row| row.first().cloned().flatten()).as_deref() == Some("ok"))
            }
            Self::Postgres(_) => Ok(true),
        }
    }

    /// All lines of all threads.
    pub async fn lines(&self) -> Result<Vec<Line>> {
        let sql = "SELECT id, provider_id, direction, status, contact_id, conversation_id FROM message";
        let rows = self.rows(sql).await?;
        let line = |row: Row| {
            let text = |place: usize| row[place].clone().unwrap_or_default();
            Line {
                id: text(0),
                provider_id: row[1].clone(),
                direction: text(2),
                status: text(3),
                contact: text(4),
                conversation: text(5),
            }
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// All events as they were received.
    pub async fn raw(&self) -> Result<Vec<RawRow>> {
        let rows = self.rows("SELECT provider_key, state FROM raw_event").await?;
        let row = |row: Row| {
            let mut key = [0; 16];
            hex::decode_to_slice(row[0].clone().unwrap_or_default(), &mut key)
                .map_err(|error| format!("key: {error}"))?;
            Ok(RawRow { key, state: row[1].as_deref().and_then(|digits| digits.parse().ok()).unwrap_or(-1) })
        };
        rows.into_iter().map(row).collect()
    }

    /// Contacts per identity and unresolved conversations per contact and channel that are more than one.
    pub async fn doubles(&self) -> Result<Vec<String>> {
        let threads = self
            .rows(
                "SELECT contact_id, COUNT(*) FROM conversation WHERE status <> 'resolved' \
                 GROUP BY contact_id, channel_id HAVING COUNT(*) > 1",
            )
            .await?;
        let people = self
            .rows(
                "SELECT phone, COUNT(*) FROM contact WHERE phone IS NOT NULL AND merged_into IS NULL \
                 GROUP BY phone HAVING COUNT(*) > 1",
            )
            .await?;
        let name = |what: &str, row: &Row| format!("{what} {}", row[0].clone().unwrap_or_default());
        let threads = threads.iter().map(|row| name("several open conversations of contact", row));
        Ok(threads.chain(people.iter().map(|row| name("several contacts with the number", row))).collect())
    }
}

/// Ids of 36 characters lose their hyphens, PostgreSQL's bytes their prefix.
fn plain(text: &str) -> String {
    if let Some(digits) = text.strip_prefix("\\x") {
        return digits.to_owned();
    }
    let bytes = text.as_bytes();
    if bytes.len() == 36 && [8, 13, 18, 23].iter().all(|place| bytes[*place] == b'-') {
        return text.replace('-', "");
    }
    text.to_owned()
}

fn sqlite_rows(path: &PathBuf, sql: &str) -> Result<Vec<Row>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    let mut statement = connection.prepare(sql)?;
    let columns = statement.column_count();
    let mut found = statement.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let mut cells = Vec::with_capacity(columns);
        for place in 0..columns {
            cells.push(match row.get_ref(place)? {
                ValueRef::Null => None,
                ValueRef::Integer(number) => Some(number.to_string()),
                ValueRef::Real(number) => Some(number.to_string()),
                ValueRef::Text(text) => Some(plain(&String::from_utf8_lossy(text))),
                ValueRef::Blob(bytes) => Some(hex::encode(bytes)),
            });
        }
        rows.push(cells);
    }
    Ok(rows)
}
