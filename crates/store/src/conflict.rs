//! Differences between our contacts and their records: values that lost, waiting for a person to look at them.
//!
//! There is one open row for each contact, connection and field. Whoever writes one holds the contact's lane.

use crate::entity::sync_conflict::{Column, Entity, Model};
use crate::error::Result;
use crate::scope::{Read, Scope, WriteTx};
use crate::workspace::same;
use crate::{sql, whole};
use rapport_core::{ConnectionId, ContactId, Ms};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

pub use crate::entity::sync_conflict::Model as ConflictRow;

/// Nobody has looked at it.
pub const OPEN: &str = "open";
/// Somebody chose, or time did.
pub const SETTLED: &str = "settled";
/// Our value was chosen.
pub const OURS: &str = "ours";
/// Their value was chosen.
pub const THEIRS: &str = "theirs";
/// Nobody chose: the value stays that won by itself.
pub const NEWEST: &str = "newest";
/// What is not found.
const NOUN: &str = "conflict";
/// Most rows in one statement.
const PIECE: usize = 200;

/// Notes values that lost. Where the same field of the same contact waits already, that row tells the newest values
/// from now on, and what was agreed on before all of them.
///
/// # Errors
/// What the database said.
pub async fn note(tx: &WriteTx, found: Vec<Model>) -> Result<()> {
    let key = |row: &Model| (row.connection_id, row.contact_id, row.field.clone());
    let contacts: BTreeSet<Uuid> = found.iter().map(|row| row.contact_id).collect();
    let waiting = open(tx).filter(Column::ContactId.is_in(contacts)).all(tx.conn()).await?;
    let mut waiting: HashMap<_, Model> = waiting.into_iter().map(|row| (key(&row), row)).collect();
    let mut latest: BTreeMap<_, Model> = BTreeMap::new();
    for row in found {
        same(tx.workspace(), row.workspace_id)?;
        let key = key(&row);
        let row = match latest.remove(&key) {
            Some(known) => renewed(known, row),
            None => row,
        };
        latest.insert(key, row);
    }
    let mut new = Vec::new();
    for (key, row) in latest {
        match waiting.remove(&key) {
            Some(known) => update(tx, renewed(known, row)).await?,
            None => new.push(row.into_active_model().reset_all()),
        }
    }
    let mut new = new.into_iter();
    loop {
        let piece: Vec<_> = new.by_ref().take(PIECE).collect();
        if piece.is_empty() {
            return Ok(());
        }
        Entity::insert_many(piece).exec_without_returning(tx.conn()).await?;
    }
}

/// A row that is known, with the values it has now.
fn renewed(known: Model, now: Model) -> Model {
    let Model { id, base, times, created_at, .. } = known;
    Model { id, base, times: times.saturating_add(now.times), created_at, ..now }
}

/// Those that wait.
fn open(tx: &WriteTx) -> Select<Entity> {
    Entity::find().filter(Column::WorkspaceId.eq(tx.workspace().0)).filter(Column::State.eq(OPEN))
}

/// The row of this field that waits, if one does.
///
/// # Errors
/// What the database said.
pub async fn open_of(tx: &WriteTx, connection: ConnectionId, contact: ContactId, field: &str) -> Result<Option<Model>> {
    let query = open(tx)
        .filter(Column::ContactId.eq(contact.0))
        .filter(Column::ConnectionId.eq(connection.0))
        .filter(Column::Field.eq(field));
    Ok(query.one(tx.conn()).await?)
}

/// One difference.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// [`get`] inside a writing transaction.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((tx.workspace().0, id)).one(tx.conn()).await?)
}

/// Writes every column.
///
/// # Errors
/// `NotFound`.
pub async fn update(tx: &WriteTx, row: Model) -> Result<()> {
    whole::update::<Entity>(tx, row.workspace_id, row, NOUN).await
}

/// How many wait, of one field of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The connection.
    pub connection: ConnectionId,
    /// Our field.
    pub field: String,
    /// How many.
    pub open: i64,
}

/// How many wait, by connection and field.
///
/// # Errors
/// What the database said.
pub async fn counts(read: &Read) -> Result<Vec<Count>> {
    let rows: Vec<(Uuid, String, i64)> = Entity::find()
        .select_only()
        .column(Column::ConnectionId)
        .column(Column::Field)
        .column_as(Column::Id.count(), "open")
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::State.eq(OPEN))
        .group_by(Column::ConnectionId)
        .group_by(Column::Field)
        .order_by_asc(Column::ConnectionId)
        .order_by_asc(Column::Field)
        .into_tuple()
        .all(&read.conn())
        .await?;
    let count = |(id, field, open)| Count { connection: ConnectionId(id), field, open };
    Ok(rows.into_iter().map(count).collect())
}

/// How many people settled since a moment.
///
/// # Errors
/// What the database said.
pub async fn settled_since(read: &Read, since: Ms) -> Result<u64> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::State.eq(SETTLED))
        .filter(Column::SettledAt.gte(since.0))
        .filter(Column::Choice.ne(NEWEST));
    Ok(query.count(&read.conn()).await?)
}

/// What people last chose for a field of a connection, newest first.
///
/// # Errors
/// What the database said.
pub async fn choices(read: &Read, connection: ConnectionId, field: &str, limit: u64) -> Result<Vec<String>> {
    let query = Entity::find()
        .select_only()
        .column(Column::Choice)
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::State.eq(SETTLED))
        .filter(Column::ConnectionId.eq(connection.0))
        .filter(Column::Field.eq(field))
        .filter(Column::Choice.ne(NEWEST))
        .order_by_desc(Column::SettledAt)
        .order_by_desc(Column::Id)
        .limit(limit);
    let choices: Vec<Option<String>> = query.into_tuple().all(&read.conn()).await?;
    Ok(choices.into_iter().flatten().collect())
}

/// What somebody settled last, and is not taken back.
///
/// # Errors
/// What the database said.
pub async fn last_batch(read: &Read, actor: Uuid) -> Result<Option<Uuid>> {
    let query = Entity::find()
        .select_only()
        .column(Column::Batch)
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::State.eq(SETTLED))
        .filter(Column::ActorId.eq(actor))
        .filter(Column::Batch.is_not_null())
        .order_by_desc(Column::SettledAt)
        .order_by_desc(Column::Id)
        .limit(1);
    let found: Option<Option<Uuid>> = query.into_tuple().one(&read.conn()).await?;
    Ok(found.flatten())
}

/// What was settled in one go, at most `limit`; the last first.
///
/// # Errors
/// What the database said.
pub async fn of_batch(read: &Read, batch: Uuid, limit: u64) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::Batch.eq(batch))
        .filter(Column::State.eq(SETTLED))
        .order_by_desc(Column::Id)
        .limit(limit);
    Ok(query.all(&read.conn()).await?)
}

/// Takes one that cannot be taken back out of its batch: what was settled before it can be.
///
/// # Errors
/// What the database said.
pub async fn release(tx: &WriteTx, id: Uuid, batch: Uuid) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Batch, Expr::value(None::<Uuid>))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.eq(id))
        .filter(Column::Batch.eq(batch))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// What waits about a contact that became part of another one waits for that one, unless the same field of it waits
/// already: then the value stays that won. What was settled follows too, and stays settled. Both lanes must be locked.
///
/// # Errors
/// What the database said.
pub(crate) async fn follow(tx: &WriteTx, keep: ContactId, gone: ContactId, now: Ms) -> Result<()> {
    let statements = [
        format!(
            "UPDATE sync_conflict SET contact_id = $4, updated_at = $2 WHERE workspace_id = $1 AND contact_id = $3 \
             AND state = '{OPEN}' AND NOT EXISTS (SELECT 1 FROM sync_conflict AS own WHERE own.workspace_id = $1 \
             AND own.contact_id = $4 AND own.connection_id = sync_conflict.connection_id \
             AND own.field = sync_conflict.field AND own.state = '{OPEN}')"
        ),
        format!(
            "UPDATE sync_conflict SET state = '{SETTLED}', choice = '{NEWEST}', actor_kind = 'system', \
             settled_at = $2, updated_at = $2 WHERE workspace_id = $1 AND contact_id = $3 AND state = '{OPEN}' \
             AND $3 <> $4"
        ),
        // What was settled is told of the survivor, and not taken back any more: it was about another record.
        format!(
            "UPDATE sync_conflict SET contact_id = $4, batch = NULL, updated_at = $2 WHERE workspace_id = $1 \
             AND contact_id = $3 AND state = '{SETTLED}'"
        ),
    ];
    for text in statements {
        let values = [tx.workspace().0.into(), now.0.into(), gone.0.into(), keep.0.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    Ok(())
}

/// How long and how many are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Most that wait in a workspace.
    pub most: u64,
    /// What was found before this is settled as it is.
    pub open_since: Ms,
    /// What was settled before this is forgotten.
    pub settled_since: Ms,
}

/// Settles what waits too long or is too much, the oldest first, with the value that won; forgets what was settled long
/// ago. True when there was something to do.
///
/// # Errors
/// What the database said.
pub async fn tidy(scope: &Scope, keep: Keep, now: Ms) -> Result<bool> {
    let read = scope.read();
    let mine = || Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    let surplus = mine().select_only().column(Column::Id).filter(Column::State.eq(OPEN));
    let surplus = surplus.order_by_desc(Column::Id).offset(keep.most).limit(1);
    let newest: Option<Uuid> = surplus.into_tuple().one(&read.conn()).await?;
    let is_late = Condition::all().add(Column::State.eq(OPEN)).add(Column::CreatedAt.lt(keep.open_since.0));
    let is_old = Condition::all().add(Column::State.eq(SETTLED)).add(Column::SettledAt.lt(keep.settled_since.0));
    let late = mine().filter(Condition::any().add(is_late).add(is_old)).limit(1).one(&read.conn()).await?;
    if newest.is_none() && late.is_none() {
        return Ok(false);
    }
    let tx = scope.write().await?;
    let workspace = tx.workspace().0;
    let text = format!(
        "UPDATE sync_conflict SET state = '{SETTLED}', choice = '{NEWEST}', actor_kind = 'system', settled_at = $2, \
         updated_at = $2 WHERE workspace_id = $1 AND state = '{OPEN}' AND (created_at < $3 OR id <= $4)"
    );
    let values = [workspace.into(), now.0.into(), keep.open_since.0.into(), newest.unwrap_or(Uuid::nil()).into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    let text = format!("DELETE FROM sync_conflict WHERE workspace_id = $1 AND state = '{SETTLED}' AND settled_at < $2");
    let values = [workspace.into(), keep.settled_since.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    tx.commit().await?;
    Ok(true)
}

/// Forgets what was found about a connection that is removed.
///
/// # Errors
/// What the database said.
pub(crate) async fn forget(tx: &WriteTx, connection: ConnectionId) -> Result<()> {
    Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::ConnectionId.eq(connection.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Who changed these contacts at these moments: contact, moment, the actor's kind and id.
///
/// # Errors
/// What the database said.
pub async fn authors(read: &Read, moments: &[(ContactId, Ms)]) -> Result<Vec<(String, i64, String, Option<Uuid>)>> {
    use crate::entity::audit_log::{Column, Entity};
    if moments.is_empty() {
        return Ok(Vec::new());
    }
    let query = Entity::find()
        .select_only()
        .column(Column::TargetId)
        .column(Column::At)
        .column(Column::ActorKind)
        .column(Column::ActorId)
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::TargetKind.eq("contact"))
        .filter(Column::TargetId.is_in(moments.iter().map(|(id, _)| id.to_string())))
        .filter(Column::At.is_in(moments.iter().map(|(_, at)| at.0)))
        .filter(Column::Action.is_in(["contact.updated", "contact.created"]));
    Ok(query.into_tuple().all(&read.conn()).await?)
}

/// A value as it is kept: null is nothing.
#[must_use]
pub fn kept(value: &Json) -> Option<Json> {
    (!value.is_null()).then(|| value.clone())
}
