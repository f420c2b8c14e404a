//! Runs of rules, and what they are decided from.

use crate::codec::unpack_content;
use crate::entity::rule_run::{Column, Entity, Model};
use crate::entity::{contact, conversation, message};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::whole;
use crate::workspace::same;
use rapport_core::id::uuid_v7;
use rapport_core::inbox::ConversationState;
use rapport_core::message::Content;
use rapport_core::{ContactId, ConversationId, MessageId, Ms};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The state of what did not run; `rule_run_begun` leaves these out by the same word.
const SKIPPED: &str = "skipped";

/// The first id that can have been made at a moment.
pub(super) fn floor(at: Ms) -> Uuid {
    uuid_v7(at, [0; 10])
}

/// Adds runs; one whose rule has a run for the same event already is left out.
///
/// # Errors
/// What the database said; `Invalid` for another workspace's row.
pub async fn insert_runs(tx: &WriteTx, rows: Vec<Model>) -> Result<()> {
    for row in &rows {
        same(tx.workspace(), row.workspace_id)?;
    }
    if rows.is_empty() {
        return Ok(());
    }
    let once = OnConflict::columns([Column::WorkspaceId, Column::RuleId, Column::EventKey]).do_nothing().to_owned();
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    Entity::insert_many(rows).on_conflict(once).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes every column.
///
/// # Errors
/// `NotFound`.
pub async fn update_run(tx: &WriteTx, row: Model) -> Result<()> {
    whole::update::<Entity>(tx, row.workspace_id, row, "run").await
}

/// One run.
///
/// # Errors
/// What the database said.
pub async fn run(read: &Read, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// [`run`] inside a writing transaction; nobody else changes the row before its end.
///
/// # Errors
/// What the database said.
pub async fn run_for_write(tx: &WriteTx, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((tx.workspace().0, id)).lock_exclusive().one(tx.conn()).await?)
}

/// The runs that an event began, in the order in which they began.
///
/// # Errors
/// What the database said.
pub async fn of_event(read: &Read, contact: ContactId, key: &str) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ContactId.eq(contact.0))
        .filter(Column::EventKey.eq(key));
    Ok(query.order_by_asc(Column::Id).all(&read.conn()).await?)
}

/// Forgets why these rules did not run for a contact the last time.
///
/// # Errors
/// What the database said.
pub async fn drop_skips(tx: &WriteTx, contact: ContactId, key: &str, rules: &[Uuid]) -> Result<()> {
    Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::ContactId.eq(contact.0))
        .filter(Column::EventKey.eq(key))
        .filter(Column::RuleId.is_in(rules.iter().copied()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// A run that began before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// Of which rule.
    pub rule_id: Uuid,
    /// When.
    pub at: Ms,
    /// How many rules had woken one another before it.
    pub depth: i32,
    /// Whether the rule only watched.
    pub shadow: bool,
}

/// The runs for a contact since a moment, newest first; not those of rules that only watched.
///
/// # Errors
/// What the database said.
pub async fn past(read: &Read, contact: ContactId, since: Ms, limit: u64) -> Result<Vec<Past>> {
    runs_since(read, began(read, contact, since).filter(Column::Shadow.eq(0_i16)), limit).await
}

/// The runs of one rule for a contact since a moment, newest first; what it only watched is among them when `watched`.
///
/// # Errors
/// What the database said.
pub async fn own(
    read: &Read,
    contact: ContactId,
    (rule, watched): (Uuid, bool),
    since: Ms,
    limit: u64,
) -> Result<Vec<Past>> {
    let query = began(read, contact, since).filter(Column::RuleId.eq(rule));
    runs_since(read, query.filter(Column::Shadow.lte(i16::from(watched))), limit).await
}

fn began(read: &Read, contact: ContactId, since: Ms) -> Select<Entity> {
    Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ContactId.eq(contact.0))
        .filter(Column::Id.gte(floor(since)))
        .filter(Column::State.ne(SKIPPED))
}

async fn runs_since(read: &Read, query: Select<Entity>, limit: u64) -> Result<Vec<Past>> {
    let query = query
        .select_only()
        .column(Column::RuleId)
        .column(Column::BeganAt)
        .column(Column::Depth)
        .column(Column::Shadow)
        .order_by_desc(Column::Id)
        .limit(limit);
    let rows: Vec<(Uuid, i64, i32, i16)> = query.into_tuple().all(&read.conn()).await?;
    let one = |(rule_id, at, depth, shadow)| Past { rule_id, at: Ms(at), depth, shadow: shadow != 0 };
    Ok(rows.into_iter().map(one).collect())
}

/// How many runs each of these rules began since a moment; counting stops at `most`. What a rule only watched counts
/// where `true` stands beside it.
///
/// # Errors
/// What the database said.
pub async fn begun(read: &Read, rules: &[(Uuid, bool)], since: Ms, most: u32) -> Result<BTreeMap<Uuid, u32>> {
    let text = "SELECT count(*) FROM (SELECT 1 FROM rule_run WHERE workspace_id = $1 AND rule_id = $2 AND id >= $3 \
                AND state <> 'skipped' AND shadow <= $4 LIMIT $5) AS counted";
    let mut found = BTreeMap::new();
    for (rule, watched) in rules {
        let watched = i16::from(*watched).into();
        let values = [read.workspace().0.into(), (*rule).into(), floor(since).into(), watched, i64::from(most).into()];
        let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
        let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0);
        found.insert(*rule, u32::try_from(count).unwrap_or(u32::MAX));
    }
    Ok(found)
}

/// Which runs are wanted.
#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    /// For one contact.
    pub contact: Option<ContactId>,
    /// In one conversation.
    pub conversation: Option<ConversationId>,
    /// Of one rule.
    pub rule: Option<Uuid>,
    /// In one state.
    pub state: Option<String>,
}

/// Runs, newest first; those that began before `before`.
///
/// # Errors
/// What the database said.
pub async fn runs(read: &Read, filter: &RunFilter, before: Option<Uuid>, limit: u64) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    if let Some(contact) = filter.contact {
        query = query.filter(Column::ContactId.eq(contact.0));
    }
    if let Some(conversation) = filter.conversation {
        query = query.filter(Column::ConversationId.eq(conversation.0));
    }
    if let Some(rule) = filter.rule {
        query = query.filter(Column::RuleId.eq(rule));
    }
    if let Some(state) = &filter.state {
        query = query.filter(Column::State.eq(state));
    }
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(&read.conn()).await?)
}

/// Removes at most `limit` runs: what did not run before `skipped`, what ended before `ended`. Returns how many.
///
/// # Errors
/// What the database said.
pub async fn purge(tx: &WriteTx, skipped: Ms, ended: Ms, limit: u64) -> Result<u64> {
    let text = "DELETE FROM rule_run WHERE workspace_id = $1 AND id IN (SELECT id FROM rule_run WHERE workspace_id = $1 \
                AND (ended_at < $2 OR (ended_at < $3 AND state = 'skipped')) LIMIT $4)";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [tx.workspace().0.into(), ended.0.into(), skipped.0.into(), limit.into()];
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected())
}

/// A line that was said, by the customer or to them.
#[derive(Debug, Clone, PartialEq)]
pub struct Spoken {
    /// Which.
    pub id: MessageId,
    /// Where.
    pub conversation_id: ConversationId,
    /// When.
    pub at: Ms,
    /// `in` or `out`.
    pub direction: String,
    /// `contact`, `user`, `rule`, ...
    pub author_kind: String,
    /// What.
    pub content: Content,
}

/// What was said by a contact and to them since a moment, the latest `limit` lines, newest first.
///
/// # Errors
/// What the database said; `Damaged`.
pub async fn spoken(read: &Read, contact: ContactId, since: Ms, limit: u64) -> Result<Vec<Spoken>> {
    let query = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .column(message::Column::ConversationId)
        .column(message::Column::At)
        .column(message::Column::Direction)
        .column(message::Column::AuthorKind)
        .column(message::Column::Content)
        .filter(message::Column::WorkspaceId.eq(read.workspace().0))
        .filter(message::Column::ContactId.eq(contact.0))
        .filter(message::Column::CreatedAt.gt(since.0))
        .filter(message::Column::Direction.is_in(["in", "out"]))
        .order_by_desc(message::Column::CreatedAt)
        .order_by_desc(message::Column::Id)
        .limit(limit);
    let rows: Vec<(Uuid, Uuid, i64, String, String, Vec<u8>)> = query.into_tuple().all(&read.conn()).await?;
    let mut spoken = Vec::with_capacity(rows.len());
    for (id, conversation, at, direction, author_kind, content) in rows {
        let (id, conversation_id, content) = (MessageId(id), ConversationId(conversation), unpack_content(&content)?);
        spoken.push(Spoken { id, conversation_id, at: Ms(at), direction, author_kind, content });
    }
    spoken.sort_by_key(|line| std::cmp::Reverse(line.at));
    Ok(spoken)
}

/// Conversations in which something was said since a moment, newest first; those made before `before`.
///
/// # Errors
/// What the database said; `Damaged`.
pub async fn active(read: &Read, since: Ms, before: Option<Uuid>, limit: u64) -> Result<Vec<ConversationState>> {
    let mut query = conversation::Entity::find()
        .filter(conversation::Column::WorkspaceId.eq(read.workspace().0))
        .filter(conversation::Column::LastMessageAt.gte(since.0));
    if let Some(before) = before {
        query = query.filter(conversation::Column::Id.lt(before));
    }
    let rows = query.order_by_desc(conversation::Column::Id).limit(limit).all(&read.conn()).await?;
    rows.iter().map(crate::query::person::state).collect()
}

/// Conversations in which the customer waits, newest first; those made before `before`.
///
/// # Errors
/// What the database said; `Damaged`.
pub async fn waiting(read: &Read, before: Option<Uuid>, limit: u64) -> Result<Vec<ConversationState>> {
    let mut query = conversation::Entity::find()
        .filter(conversation::Column::WorkspaceId.eq(read.workspace().0))
        .filter(conversation::Column::WaitingSince.is_not_null());
    if let Some(before) = before {
        query = query.filter(conversation::Column::Id.lt(before));
    }
    let rows = query.order_by_desc(conversation::Column::Id).limit(limit).all(&read.conn()).await?;
    rows.iter().map(crate::query::person::state).collect()
}

/// A contact's newest conversation, on whichever channel.
///
/// # Errors
/// What the database said; `Damaged`.
pub async fn newest(read: &Read, contact: ContactId) -> Result<Option<ConversationState>> {
    let query = conversation::Entity::find()
        .filter(conversation::Column::WorkspaceId.eq(read.workspace().0))
        .filter(conversation::Column::ContactId.eq(contact.0))
        .order_by_desc(conversation::Column::LastMessageAt)
        .order_by_desc(conversation::Column::Id);
    query.one(&read.conn()).await?.as_ref().map(crate::query::person::state).transpose()
}

/// The names of contacts.
///
/// # Errors
/// What the database said.
pub async fn names(read: &Read, contacts: &[Uuid]) -> Result<BTreeMap<Uuid, String>> {
    let query = contact::Entity::find()
        .select_only()
        .column(contact::Column::Id)
        .column(contact::Column::Name)
        .filter(contact::Column::WorkspaceId.eq(read.workspace().0))
        .filter(contact::Column::Id.is_in(contacts.iter().copied()));
    Ok(query.into_tuple::<(Uuid, String)>().all(&read.conn()).await?.into_iter().collect())
}
