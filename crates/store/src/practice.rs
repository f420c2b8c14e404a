//! Practice rooms, what is practised in them, and their removal with everything they hold.

use crate::entity::{conversation, identity, practice_room, practice_run};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Backend;
use crate::whole;
use rapport_core::{ChannelId, ConversationId, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Value};
use uuid::Uuid;

pub use crate::entity::practice_room::Model as RoomRow;
pub use crate::entity::practice_run::Model as RunRow;

/// The state of a run that goes on.
pub const RUNNING: &str = "running";

/// The workspace's room, unless it is being removed.
///
/// # Errors
/// What the database said.
pub async fn room(read: &Read) -> Result<Option<RoomRow>> {
    use practice_room::Column;
    let query = practice_room::Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::EndingAt.is_null());
    Ok(query.one(&read.conn()).await?)
}

/// [`room`] inside a writing transaction, which must hold the workspace's row so that there is never a second one.
///
/// # Errors
/// What the database said.
pub async fn room_for_write(tx: &WriteTx) -> Result<Option<RoomRow>> {
    use practice_room::Column;
    let query = practice_room::Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::EndingAt.is_null())
        .lock_exclusive();
    Ok(query.one(tx.conn()).await?)
}

/// One room, whether it is being removed or not.
///
/// # Errors
/// What the database said.
pub async fn room_by_id(read: &Read, id: Uuid) -> Result<Option<RoomRow>> {
    Ok(practice_room::Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// Adds a room.
///
/// # Errors
/// What the database said.
pub async fn insert_room(tx: &WriteTx, row: RoomRow) -> Result<()> {
    whole::insert::<practice_room::Entity>(tx, row.workspace_id, row).await
}

/// Writes every column of a room.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn update_room(tx: &WriteTx, row: RoomRow) -> Result<()> {
    whole::update::<practice_room::Entity>(tx, row.workspace_id, row, "practice").await
}

/// Forgets a room that is empty.
///
/// # Errors
/// What the database said.
pub async fn forget_room(tx: &WriteTx, id: Uuid) -> Result<()> {
    practice_room::Entity::delete_by_id((tx.workspace().0, id)).exec(tx.conn()).await?;
    Ok(())
}

/// One run.
///
/// # Errors
/// What the database said.
pub async fn run(read: &Read, id: Uuid) -> Result<Option<RunRow>> {
    Ok(practice_run::Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// The newest runs of a person, at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn runs_of(read: &Read, user: UserId, limit: u64) -> Result<Vec<RunRow>> {
    use practice_run::Column;
    let query = practice_run::Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::UserId.eq(user.0))
        .order_by_desc(Column::Number)
        .limit(limit);
    Ok(query.all(&read.conn()).await?)
}

/// The scenarios that a person has under way. The transaction must hold the room's workspace row.
///
/// # Errors
/// What the database said.
pub async fn running(tx: &WriteTx, user: UserId) -> Result<Vec<String>> {
    use practice_run::Column;
    let query = practice_run::Entity::find()
        .select_only()
        .column(Column::Scenario)
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::UserId.eq(user.0))
        .filter(Column::State.eq(RUNNING));
    Ok(query.into_tuple().all(tx.conn()).await?)
}

/// How many runs the room has. The transaction must hold the room's workspace row.
///
/// # Errors
/// What the database said.
pub async fn count_runs(tx: &WriteTx) -> Result<i64> {
    let query = practice_run::Entity::find().filter(practice_run::Column::WorkspaceId.eq(tx.workspace().0));
    Ok(i64::try_from(query.count(tx.conn()).await?).unwrap_or(i64::MAX))
}

/// Adds a run.
///
/// # Errors
/// What the database said.
pub async fn insert_run(tx: &WriteTx, row: RunRow) -> Result<()> {
    whole::insert::<practice_run::Entity>(tx, row.workspace_id, row).await
}

/// Writes every column of a run.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn update_run(tx: &WriteTx, row: RunRow) -> Result<()> {
    whole::update::<practice_run::Entity>(tx, row.workspace_id, row, "practice run").await
}

/// The newest conversation of a customer on the practice channel.
///
/// # Errors
/// What the database said.
pub async fn conversation_of(read: &Read, channel: ChannelId, wa_id: &str) -> Result<Option<ConversationId>> {
    use conversation::Column;
    let owner = identity::Entity::find_by_id((read.workspace().0, "wa_id".to_owned(), wa_id.to_owned()));
    let Some(owner) = owner.one(&read.conn()).await? else { return Ok(None) };
    let query = conversation::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ContactId.eq(owner.contact_id))
        .filter(Column::ChannelId.eq(channel.0))
        .order_by_desc(Column::CreatedAt);
    Ok(query.into_tuple::<Uuid>().one(&read.conn()).await?.map(ConversationId))
}

/// Removes up to `limit` rows of every table that knows workspaces, of the transaction's workspace; gives how many went.
/// Tables in `except` are left alone.
///
/// Which tables there are is asked of the database, so that none can be forgotten.
///
/// # Errors
/// What the database said.
pub async fn empty(tx: &WriteTx, limit: u64, except: &[&str]) -> Result<u64> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut gone = terms(tx, limit).await?;
    for (table, key) in tables(tx).await? {
        if except.contains(&table.as_str()) {
            continue;
        }
        let text = format!(
            "DELETE FROM \"{table}\" WHERE workspace_id = $1 AND ({key}) IN \
             (SELECT {key} FROM \"{table}\" WHERE workspace_id = $1 LIMIT $2)"
        );
        gone += execute(tx, &text, [tx.workspace().0.into(), limit.into()]).await?;
    }
    Ok(gone)
}

/// Removes the workspace's own row, and the send lane of its channel.
///
/// # Errors
/// What the database said.
pub async fn close(tx: &WriteTx, portfolio_key: &str) -> Result<()> {
    execute(tx, "DELETE FROM send_lane WHERE portfolio_key = $1", [portfolio_key.into()]).await?;
    execute(tx, "DELETE FROM workspace WHERE workspace_id = $1", [tx.workspace().0.into()]).await?;
    Ok(())
}

/// The terms of documents stand in a table of their own on SQLite, found by the document's number.
async fn terms(tx: &WriteTx, limit: i64) -> Result<u64> {
    if tx.backend() == Backend::Postgres {
        return Ok(0);
    }
    let workspace = tx.workspace().0;
    let of = "SELECT docid FROM search_doc WHERE workspace_id = $1 ORDER BY docid LIMIT $2";
    let values = || [workspace.into(), limit.into()];
    execute(tx, &format!("DELETE FROM search_term WHERE rowid IN ({of})"), values()).await?;
    execute(tx, &format!("DELETE FROM search_doc WHERE docid IN ({of})"), values()).await
}

/// Every table with a workspace in it, and its key.
async fn tables(tx: &WriteTx) -> Result<Vec<(String, String)>> {
    let text = match tx.backend() {
        Backend::Sqlite => {
            "SELECT m.name, group_concat('\"' || k.name || '\"', ', ') FROM sqlite_master AS m \
             JOIN pragma_table_info(m.name) AS k ON k.pk > 0 WHERE m.type = 'table' AND EXISTS \
             (SELECT 1 FROM pragma_table_info(m.name) AS c WHERE c.name = 'workspace_id') GROUP BY m.name ORDER BY m.name"
        }
        Backend::Postgres => {
            "SELECT c.relname::text, string_agg(quote_ident(a.attname), ', ') FROM pg_class AS c \
             JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary \
             JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey) \
             WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND EXISTS \
             (SELECT 1 FROM pg_attribute AS w WHERE w.attrelid = c.oid AND w.attname = 'workspace_id' \
             AND NOT w.attisdropped) GROUP BY c.relname ORDER BY c.relname"
        }
    };
    let rows = tx.conn().query_all_raw(sql::plain(tx.backend(), text)).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

async fn execute(tx: &WriteTx, text: &str, values: impl IntoIterator<Item = Value>) -> Result<u64> {
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected())
}
