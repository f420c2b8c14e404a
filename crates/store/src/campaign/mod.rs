//! Campaigns: what is sent, to whom, and how far it has come.
//!
//! A campaign's row is the durable record of its work: which status it has and how far its recipients are known. Whoever
//! does a piece of the work locks the row ([`lock`]), so that pieces of one campaign come one after the other on any
//! number of nodes, and whatever dies in between leaves the last committed piece. A recipient is one row, which turns
//! from `waiting` to `queued` in the transaction that makes the message.

mod audience;
mod progress;
mod recipient;

pub use audience::{Person, countries_of, list_part, of_channel, put_list, tagged, with_ids};
pub use progress::{Progress, arrived, progress};
pub use recipient::{
    NewRecipient, QUEUED, RecipientFilter, RecipientRow, SKIPPED, Settled, WAITING, add, in_queue, page, rouse, settle,
    waiting,
};

use crate::entity::campaign::{Column, Entity, Model};
use crate::entity::{campaign_list, campaign_recipient};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Store;
use crate::whole;
use crate::workspace::same;
use rapport_core::campaign::{Standing, Status, Step};
use rapport_core::{CampaignId, ChannelId, Ms, WorkspaceId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value as Json;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

pub use crate::entity::campaign::Model as CampaignRow;

/// Stores a new campaign.
///
/// # Errors
/// What the database said.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// One campaign.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: CampaignId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id.0)).one(&read.conn()).await?)
}

/// One campaign, which nobody else changes or works on until the commit.
///
/// # Errors
/// What the database said.
pub async fn lock(tx: &WriteTx, id: CampaignId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((tx.workspace().0, id.0)).lock_exclusive().one(tx.conn()).await?)
}

/// Campaigns, newest first, those before `before`; of one status when it is given.
///
/// # Errors
/// What the database said.
pub async fn list(read: &Read, status: Option<Status>, before: Option<Uuid>, limit: u64) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    if let Some(status) = status {
        query = query.filter(Column::Status.eq(status.code()));
    }
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(&read.conn()).await?)
}

fn codes(step: Step) -> impl Iterator<Item = &'static str> {
    step.from().iter().map(|status| status.code())
}

/// Writes what people may change of a campaign that has not begun. Returns false when it has.
///
/// # Errors
/// What the database said.
pub async fn change(tx: &WriteTx, row: &Model) -> Result<bool> {
    same(tx.workspace(), row.workspace_id)?;
    let done = Entity::update_many()
        .col_expr(Column::Name, Expr::value(row.name.clone()))
        .col_expr(Column::ChannelId, Expr::value(row.channel_id))
        .col_expr(Column::TemplateId, Expr::value(row.template_id))
        .col_expr(Column::TemplateName, Expr::value(row.template_name.clone()))
        .col_expr(Column::TemplateLanguage, Expr::value(row.template_language.clone()))
        .col_expr(Column::Category, Expr::value(row.category.clone()))
        .col_expr(Column::Given, Expr::value(row.given.clone()))
        .col_expr(Column::Audience, Expr::value(row.audience.clone()))
        .col_expr(Column::UpdatedAt, Expr::value(row.updated_at))
        .filter(Column::WorkspaceId.eq(row.workspace_id))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Status.is_in(codes(Step::Change)))
        .exec(tx.conn())
        .await?;
    Ok(done.rows_affected == 1)
}

/// What is told with a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// When it begins.
    pub at: Option<Ms>,
    /// Why it is paused by itself, as a code.
    pub why: Option<&'static str>,
    /// Whether it begins because its moment has come: then only if that has not been put off since.
    pub due: bool,
}

/// Takes a step, if the campaign stands where it may be taken: of several who try at once one does it. `told.at` is the
/// moment of [`Step::Schedule`], `told.why` says why it is paused by itself, `told.due` that nobody but the clock starts it.
/// Returns false when it stands elsewhere.
///
/// # Errors
/// What the database said.
pub async fn step(tx: &WriteTx, id: CampaignId, step: Step, told: Told, now: Ms) -> Result<bool> {
    let Some(to) = step.to() else { return Ok(false) };
    let mut update = Entity::update_many()
        .col_expr(Column::Status, Expr::value(to.code()))
        .col_expr(Column::StoppedFor, Expr::value(told.why.map(str::to_owned)))
        .col_expr(Column::UpdatedAt, Expr::value(now.0))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.eq(id.0))
        .filter(Column::Status.is_in(codes(step)));
    if told.due {
        update = update.filter(Column::Status.eq(Status::Scheduled.code())).filter(Column::ScheduledAt.lte(now.0));
    }
    match step {
        Step::Start => update = update.col_expr(Column::StartedAt, Expr::value(now.0)),
        Step::Schedule => update = update.col_expr(Column::ScheduledAt, Expr::value(told.at.map(|at| at.0))),
        Step::Finish | Step::Cancel => update = update.col_expr(Column::FinishedAt, Expr::value(now.0)),
        Step::Change | Step::Delete | Step::Pause | Step::Resume => {}
    }
    Ok(update.exec(tx.conn()).await?.rows_affected == 1)
}

/// How far recipients are known now; the row is locked by the caller ([`lock`]).
///
/// # Errors
/// What the database said.
pub async fn reached(tx: &WriteTx, id: CampaignId, cursor: Option<&str>, planned: bool) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Cursor, Expr::value(cursor.map(str::to_owned)))
        .col_expr(Column::Planned, Expr::value(i16::from(planned)))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.eq(id.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Throws a draft away, with its list. Returns false when it is none any more.
///
/// # Errors
/// What the database said.
pub async fn delete(tx: &WriteTx, id: CampaignId) -> Result<bool> {
    let workspace = tx.workspace().0;
    let gone = Entity::delete_many()
        .filter(Column::WorkspaceId.eq(workspace))
        .filter(Column::Id.eq(id.0))
        .filter(Column::Status.is_in(codes(Step::Delete)))
        .exec(tx.conn())
        .await?;
    if gone.rows_affected == 0 {
        return Ok(false);
    }
    campaign_list::Entity::delete_many()
        .filter(campaign_list::Column::WorkspaceId.eq(workspace))
        .filter(campaign_list::Column::CampaignId.eq(id.0))
        .exec(tx.conn())
        .await?;
    campaign_recipient::Entity::delete_many()
        .filter(campaign_recipient::Column::WorkspaceId.eq(workspace))
        .filter(campaign_recipient::Column::CampaignId.eq(id.0))
        .exec(tx.conn())
        .await?;
    Ok(true)
}

/// The installation's campaigns that have work now: under way, or to begin. Asked often, answered from a small index.
///
/// # Errors
/// What the database said.
pub async fn live(store: &Store, now: Ms) -> Result<Vec<(WorkspaceId, CampaignId)>> {
    let text = "SELECT workspace_id, id FROM campaign WHERE status = 'running' \
                OR (status = 'scheduled' AND scheduled_at <= $1) ORDER BY id";
    let rows = store.readers().query_all_raw(sql::with(store.backend(), text, [now.0.into()])).await?;
    rows.iter().map(|row| Ok((WorkspaceId(row.try_get_by_index(0)?), CampaignId(row.try_get_by_index(1)?)))).collect()
}

/// Campaigns under way over a channel, in the order of their ids: whoever takes the channel away lets them rest.
///
/// # Errors
/// What the database said.
pub async fn running_over(tx: &WriteTx, channel: ChannelId) -> Result<Vec<CampaignId>> {
    let ids: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::ChannelId.eq(channel.0))
        .filter(Column::Status.eq(Status::Running.code()))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(tx.conn())
        .await?;
    Ok(ids.into_iter().map(CampaignId).collect())
}

/// Campaigns that are not over, drafts included, the latest first, at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn open(read: &Read, limit: u64) -> Result<Vec<Model>> {
    let ended = [Status::Finished, Status::Cancelled].map(Status::code);
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::Status.is_not_in(ended))
        .order_by_desc(Column::Id)
        .limit(limit);
    Ok(query.all(&read.conn()).await?)
}

/// Campaigns that paused themselves and wait for a person, the latest first, at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn stopped(read: &Read, limit: u64) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::Status.eq(Status::Paused.code()))
        .filter(Column::StoppedFor.is_not_null())
        .order_by_desc(Column::UpdatedAt)
        .order_by_desc(Column::Id)
        .limit(limit);
    Ok(query.all(&read.conn()).await?)
}

/// What stands in the blanks of campaigns that have not ended: files among it are still needed.
///
/// # Errors
/// What the database said.
pub async fn given_of_open(read: &Read) -> Result<Vec<Json>> {
    let ended = [Status::Finished, Status::Cancelled].map(Status::code);
    let query = Entity::find()
        .select_only()
        .column(Column::Given)
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::Status.is_not_in(ended));
    Ok(query.into_tuple().all(&read.conn()).await?)
}

/// How campaigns stand, for the messages of theirs that wait. One that is gone sends nothing any more.
///
/// # Errors
/// What the database said.
pub async fn standings(read: &Read, ids: &BTreeSet<CampaignId>) -> Result<HashMap<CampaignId, Standing>> {
    let rows: Vec<(Uuid, String)> = Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::Status)
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
        .into_tuple()
        .all(&read.conn())
        .await?;
    let standing = |(id, status): (Uuid, String)| Some((CampaignId(id), Status::parse(&status)?.standing()));
    let known: HashMap<CampaignId, Standing> = rows.into_iter().filter_map(standing).collect();
    Ok(ids.iter().map(|id| (*id, known.get(id).copied().unwrap_or(Standing::Cancelled))).collect())
}
