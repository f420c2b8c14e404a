//! Surveys after conversations: who was asked, what they said, and the figures.

use crate::entity::survey::{Column, Entity, Model};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::whole;
use crate::workspace::same;
use rapport_core::{ContactId, ConversationId, Ms};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

pub use crate::entity::survey::Model as SurveyRow;

/// Adds a survey.
///
/// # Errors
/// `Conflict` when this resolution has one.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Writes every column.
///
/// # Errors
/// `NotFound`.
pub async fn update(tx: &WriteTx, row: Model) -> Result<()> {
    whole::update::<Entity>(tx, row.workspace_id, row, "survey").await
}

/// Writes how asking ended, unless the customer was so quick that there is an answer.
///
/// # Errors
/// What the database said.
pub async fn settle(tx: &WriteTx, row: Model) -> Result<()> {
    same(tx.workspace(), row.workspace_id)?;
    Entity::update_many()
        .col_expr(Column::State, Expr::value(row.state))
        .col_expr(Column::Reason, Expr::value(row.reason))
        .col_expr(Column::Via, Expr::value(row.via))
        .col_expr(Column::MessageId, Expr::value(row.message_id))
        .col_expr(Column::AskedAt, Expr::value(row.asked_at))
        .filter(Column::WorkspaceId.eq(row.workspace_id))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Score.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Whether anybody of the workspace was asked since.
///
/// # Errors
/// What the database said.
pub async fn any_since(read: &Read, since: Ms) -> Result<bool> {
    let query =
        Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).filter(Column::AskedAt.gte(since.0)).limit(1);
    Ok(query.one(&read.conn()).await?.is_some())
}

/// The survey of a resolution.
///
/// # Errors
/// What the database said.
pub async fn of_resolution(read: &Read, id: ConversationId, resolved_at: Ms) -> Result<Option<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ConversationId.eq(id.0))
        .filter(Column::ResolvedAt.eq(resolved_at.0));
    Ok(query.one(&read.conn()).await?)
}

/// When a contact was last asked, in any conversation.
///
/// # Errors
/// What the database said.
pub async fn last_asked(read: &Read, contact: ContactId) -> Result<Option<Ms>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ContactId.eq(contact.0))
        .filter(Column::AskedAt.is_not_null())
        .order_by_desc(Column::AskedAt);
    Ok(query.one(&read.conn()).await?.and_then(|row| row.asked_at).map(Ms))
}

/// For each of these contacts the surveys asked since `since`, newest first. Nobody else writes them before the end of
/// the transaction.
///
/// # Errors
/// What the database said.
pub async fn asked_since(tx: &WriteTx, contacts: &[Uuid], since: Ms) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::ContactId.is_in(contacts.iter().copied()))
        .filter(Column::AskedAt.gte(since.0))
        .order_by_desc(Column::AskedAt)
        .order_by_desc(Column::Id)
        .lock_exclusive();
    Ok(query.all(tx.conn()).await?)
}

/// Which surveys are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of one contact.
    pub contact: Option<ContactId>,
    /// Of one conversation.
    pub conversation: Option<ConversationId>,
    /// Of one agent.
    pub agent: Option<Uuid>,
    /// Only those with a score.
    pub answered: bool,
    /// Asked at or after.
    pub from: Option<Ms>,
    /// Asked before.
    pub to: Option<Ms>,
}

impl Filter {
    fn condition(&self, workspace: Uuid) -> Condition {
        let mut all = Condition::all().add(Column::WorkspaceId.eq(workspace)).add(Column::AskedAt.is_not_null());
        if let Some(contact) = self.contact {
            all = all.add(Column::ContactId.eq(contact.0));
        }
        if let Some(conversation) = self.conversation {
            all = all.add(Column::ConversationId.eq(conversation.0));
        }
        if let Some(agent) = self.agent {
            all = all.add(Column::AgentId.eq(agent));
        }
        if self.answered {
            all = all.add(Column::Score.is_not_null());
        }
        if let Some(from) = self.from {
            all = all.add(Column::AskedAt.gte(from.0));
        }
        if let Some(to) = self.to {
            all = all.add(Column::AskedAt.lt(to.0));
        }
        all
    }
}

/// Surveys that were asked, newest first, those made before `before`.
///
/// # Errors
/// What the database said.
pub async fn page(read: &Read, filter: &Filter, before: Option<Uuid>, limit: u64) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(filter.condition(read.workspace().0));
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(&read.conn()).await?)
}

/// How often a score was given, by agent; `score` is none for those who have not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Who had the conversation.
    pub agent: Option<Uuid>,
    /// 1 to 5.
    pub score: Option<i16>,
    /// How often.
    pub count: i64,
}

/// The figures.
///
/// # Errors
/// What the database said.
pub async fn counts(read: &Read, filter: &Filter) -> Result<Vec<Count>> {
    let query = Entity::find()
        .select_only()
        .column(Column::AgentId)
        .column(Column::Score)
        .column_as(Column::Id.count(), "how_many")
        .filter(filter.condition(read.workspace().0))
        .group_by(Column::AgentId)
        .group_by(Column::Score)
        .order_by_asc(Column::AgentId)
        .order_by_asc(Column::Score);
    let rows = read.conn().query_all_raw(query.build(read.backend().into())).await?;
    let count = |row: &sea_orm::QueryResult| {
        Ok(Count { agent: row.try_get_by_index(0)?, score: row.try_get_by_index(1)?, count: row.try_get_by_index(2)? })
    };
    rows.iter().map(count).collect()
}
