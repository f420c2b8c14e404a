//! The log of what happened: for live screens, outgoing webhooks and everything else that follows changes.
//!
//! Rows become visible in the order of commits, not of their positions. A reader that asked for "everything after
//! the last one I saw" would miss rows (F30), so on PostgreSQL a row's position is its transaction's number and only
//! rows below the oldest transaction still running are read: they can no longer get company. SQLite has one writer,
//! whose counter is enough. A cursor is `<position>-<event id>`.

use crate::batch::{self, Col, Kind, Rows, col, opt};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::{Backend, Store};
use rapport_core::inbox::FeedEvent;
use rapport_core::time::DAY;
use rapport_core::{ContactId, ConversationId, MessageId, Ms};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::Value as Json;
use uuid::Uuid;

/// A place in the log; everything up to and including it has been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    pos: i64,
    id: Uuid,
}

impl Cursor {
    /// Before everything.
    pub const START: Self = Self { pos: 0, id: Uuid::nil() };

    /// Reads the text form.
    ///
    /// # Errors
    /// `Invalid` when it is not one.
    pub fn parse(text: &str) -> Result<Self> {
        let parts = text.split_once('-').and_then(|(pos, id)| Some((pos.parse().ok()?, id.parse().ok()?)));
        let (pos, id) = parts.ok_or_else(|| Error::Invalid("this is not an event cursor".to_owned()))?;
        Ok(Self { pos, id })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.pos, self.id)
    }
}

/// An event of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its place.
    pub cursor: Cursor,
    /// When it happened.
    pub at: Ms,
    /// What happened, for example `message.created`.
    pub kind: String,
    /// The conversation it is about.
    pub conversation_id: Option<ConversationId>,
    /// The contact it is about.
    pub contact_id: Option<ContactId>,
    /// The message it is about.
    pub message_id: Option<MessageId>,
    /// Small facts.
    pub data: Json,
}

/// Events after a cursor.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The events, oldest first.
    pub entries: Vec<Entry>,
    /// Where to go on.
    pub next: Cursor,
    /// True when the log no longer reaches back to the cursor, or never went as far: the follower must load its
    /// state afresh and go on from `next`.
    pub reset: bool,
}

const COLS: &[Col] = &[
    col("workspace_id", Kind::Uuid),
    col("id", Kind::Uuid),
    col("at", Kind::Big),
    col("kind", Kind::Text),
    opt("conversation_id", Kind::Uuid),
    opt("contact_id", Kind::Uuid),
    opt("message_id", Kind::Uuid),
    col("data", Kind::Json),
];

/// The number of the transaction this statement belongs to.
const XID: &str = "pg_current_xact_id()::text::bigint";
/// Below this every transaction has ended.
const HORIZON: &str = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

/// Adds events to the log, in this order.
///
/// # Errors
/// What the database said.
pub async fn append(tx: &WriteTx, events: &[FeedEvent]) -> Result<()> {
    let Some(latest) = events.iter().map(|event| event.at).max() else { return Ok(()) };
    // Within a transaction the id decides the order, and it must be the order of this list: the events' own moments are
    // the provider's, which come late and in disorder. Ids of one millisecond lie far enough apart to count up between.
    let first = tx.new_id(latest).as_u128();
    let mut rows = Rows::new(COLS);
    for (place, event) in (0..).zip(events) {
        rows.push([
            tx.workspace().0.into(),
            Uuid::from_u128(first.wrapping_add(place)).into(),
            event.at.0.into(),
            event.kind.into(),
            event.conversation_id.map(|id| id.0).into(),
            event.contact_id.map(|id| id.0).into(),
            event.message_id.map(|id| id.0).into(),
            event.data.clone().into(),
        ]);
    }
    let columns = "workspace_id, id, at, kind, conversation_id, contact_id, message_id, data";
    let values = "v.column1, v.column2, v.column3, v.column4, v.column5, v.column6, v.column7, v.column8";
    let text = match tx.backend() {
        Backend::Sqlite => format!("INSERT INTO event_log ({columns}) SELECT {values} FROM {{rows}}"),
        Backend::Postgres => format!("INSERT INTO event_log ({columns}, pos) SELECT {values}, {XID} FROM {{rows}}"),
    };
    batch::execute(tx.conn(), tx.backend(), &text, &[], rows).await?;
    Ok(())
}

/// Where the log ends now: everything that is committed later comes after it.
///
/// # Errors
/// What the database said.
pub async fn head(read: &Read) -> Result<Cursor> {
    let pos = end_of(read).await?;
    Ok(Cursor { pos, id: Uuid::max() })
}

/// At most `limit` events after a cursor.
///
/// # Errors
/// What the database said.
pub async fn after(read: &Read, cursor: Cursor, limit: u64) -> Result<Page> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let end = end_of(read).await?;
    if cursor.pos > end || (cursor != Cursor::START && is_forgotten(read, cursor).await?) {
        return Ok(Page { entries: Vec::new(), next: Cursor { pos: end, id: Uuid::max() }, reset: true });
    }
    let text = "SELECT pos, id, at, kind, conversation_id, contact_id, message_id, data FROM event_log \
                WHERE workspace_id = $1 AND (pos, id) > ($2, $3) AND pos <= $4 ORDER BY pos, id LIMIT $5";
    let values = [read.workspace().0.into(), cursor.pos.into(), cursor.id.into(), end.into(), limit.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let entries = rows.iter().map(entry_of).collect::<Result<Vec<_>>>()?;
    let next = entries.last().map_or(cursor, |entry| entry.cursor);
    Ok(Page { entries, next, reset: false })
}

/// Whether events after the cursor have been deleted. What was deleted last is kept as a setting.
async fn is_forgotten(read: &Read, cursor: Cursor) -> Result<bool> {
    let text = "SELECT value FROM setting WHERE key = $1";
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, [FORGOTTEN.into()])).await?;
    let upto: Option<Json> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(upto.and_then(|value| value.as_i64()).is_some_and(|upto| cursor.pos < upto))
}

/// An event that claims to be younger than so long after the moment before which events go holds nothing up: somebody's
/// clock is wrong, and the log would grow until it is right. Milliseconds.
const HOLDS: i64 = 7 * DAY;

/// The setting that holds the position up to which the log was deleted.
const FORGOTTEN: &str = "feed.forgotten";

async fn end_of(read: &Read) -> Result<i64> {
    let text = match read.backend() {
        Backend::Sqlite => "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'event_log'), 0)".to_owned(),
        Backend::Postgres => format!("SELECT {HORIZON} - 1"),
    };
    let row = read.conn().query_one_raw(sql::plain(read.backend(), text)).await?;
    row.map_or(Ok(0), |row| Ok(row.try_get_by_index(0)?))
}

fn entry_of(row: &QueryResult) -> Result<Entry> {
    Ok(Entry {
        cursor: Cursor { pos: row.try_get_by_index(0)?, id: row.try_get_by_index(1)? },
        at: Ms(row.try_get_by_index(2)?),
        kind: row.try_get_by_index(3)?,
        conversation_id: row.try_get_by_index::<Option<Uuid>>(4)?.map(ConversationId),
        contact_id: row.try_get_by_index::<Option<Uuid>>(5)?.map(ContactId),
        message_id: row.try_get_by_index::<Option<Uuid>>(6)?.map(MessageId),
        data: row.try_get_by_index(7)?,
    })
}

/// Deletes events of all workspaces that happened before a moment, at most `limit`, from the log's beginning: what came
/// late stays until everything before it may go, because what is deleted is forgotten with all that stands before it.
/// Returns how many. Followers that had not read them are told to start afresh.
///
/// # Errors
/// What the database said.
pub async fn purge(store: &Store, before: Ms, limit: u64) -> Result<u64> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let tx = store.begin().await?;
    let key = if store.backend() == Backend::Sqlite { "pos" } else { "(workspace_id, pos, id)" };
    let columns = key.trim_matches(['(', ')']);
    // Both walk the log in its order and stop at the first that is young, so they pass over what goes and little else.
    let young = match store.backend() {
        // The sign keeps the index of moments out of it, which would gather all that is young.
        Backend::Sqlite => "SELECT pos FROM event_log WHERE +at >= $1 AND +at < $2 ORDER BY pos LIMIT 1",
        Backend::Postgres => {
            "SELECT min(found.pos) FROM workspace AS w CROSS JOIN LATERAL (SELECT e.pos FROM event_log AS e \
             WHERE e.workspace_id = w.workspace_id AND e.at >= $1 AND e.at < $2 ORDER BY e.pos LIMIT 1) AS found"
        }
    };
    let young =
        tx.query_one_raw(sql::with(store.backend(), young, [before.0.into(), before.plus(HOLDS).0.into()])).await?;
    let young: Option<i64> = young.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
    let text = format!(
        "DELETE FROM event_log WHERE {key} IN (SELECT {columns} FROM event_log WHERE at < $1 AND pos < $3 \
         ORDER BY at LIMIT $2) RETURNING pos"
    );
    let values = [before.0.into(), limit.into(), young.unwrap_or(i64::MAX).into()];
    let gone = tx.query_all_raw(sql::with(store.backend(), text, values)).await?;
    let mut upto = 0;
    for row in &gone {
        upto = upto.max(row.try_get_by_index::<i64>(0)?);
    }
    if upto > 0 {
        crate::setting::raise(store, &*tx, FORGOTTEN, upto).await?;
    }
    tx.commit().await?;
    Ok(gone.len() as u64)
}

/// After a PostgreSQL database was moved to another server (dump and restore), transaction numbers begin lower there.
/// Rows with numbers of the old server would stand in the way of everything that comes, so they are deleted; their
/// followers start afresh because their cursors are ahead.
pub(crate) async fn reanchor(store: &Store) -> Result<()> {
    if store.backend() == Backend::Sqlite {
        return Ok(());
    }
    // By workspace, because the index begins with it.
    let ahead = format!(
        "SELECT w.workspace_id FROM workspace AS w CROSS JOIN LATERAL (SELECT 1 FROM event_log AS e \
         WHERE e.workspace_id = w.workspace_id AND e.pos > {XID} LIMIT 1) AS found"
    );
    for row in store.writer().query_all_raw(sql::plain(Backend::Postgres, ahead)).await? {
        let workspace: Uuid = row.try_get_by_index(0)?;
        let text = format!("DELETE FROM event_log WHERE workspace_id = $1 AND pos > {XID}");
        store.writer().execute_raw(sql::with(Backend::Postgres, text, [workspace.into()])).await?;
    }
    Ok(())
}
