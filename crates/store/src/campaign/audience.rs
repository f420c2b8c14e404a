//! Whom a campaign is for: contacts in pieces, in the order of their ids.

use crate::batch::{self, Col, Kind, Rows, col};
use crate::entity::campaign_list;
use crate::entity::contact::{Column, Entity, Model};
use crate::error::Result;
use crate::query::Draft;
use crate::scope::{Read, WriteTx};
use crate::sql;
use rapport_core::contact::tag_key;
use rapport_core::{CampaignId, ChannelId, ContactId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult, Value};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Entries of one part of a list.
const PART: usize = 100;
/// Most ids in one question.
const PIECE: usize = 500;

/// A contact as an audience sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The contact.
    pub id: ContactId,
    /// Its lane.
    pub lane: u16,
    /// Its country.
    pub country: Option<String>,
}

/// Contacts with a conversation on a channel, those after `after`, at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn of_channel(read: &Read, channel: ChannelId, after: Option<Uuid>, limit: u64) -> Result<Vec<Person>> {
    let mut draft = Draft::default();
    let channel = draft.arg(channel.0);
    let known = format!(
        "EXISTS (SELECT 1 FROM conversation AS v WHERE v.workspace_id = c.workspace_id AND v.contact_id = c.id \
         AND v.channel_id = {channel})"
    );
    people(read, draft, &known, after, limit).await
}

/// Contacts with the tag of this name, those after `after`, at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn tagged(read: &Read, tag: &str, after: Option<Uuid>, limit: u64) -> Result<Vec<Person>> {
    let mut draft = Draft::default();
    let key = draft.arg(tag_key(tag));
    // The id of a tag that is there; else what a merged one of the name became.
    let known = format!(
        "EXISTS (SELECT 1 FROM contact_tag AS g WHERE g.workspace_id = c.workspace_id AND g.contact_id = c.id \
         AND g.tag_id = (SELECT COALESCE(t.merged_into, t.id) FROM tag AS t WHERE t.workspace_id = c.workspace_id \
         AND t.name_key = {key} ORDER BY CASE WHEN t.merged_into IS NULL THEN 0 ELSE 1 END, t.id LIMIT 1))"
    );
    people(read, draft, &known, after, limit).await
}

async fn people(
    read: &Read,
    mut draft: Draft,
    condition: &str,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Person>> {
    let workspace = draft.arg(read.workspace().0);
    let after = draft.arg(after.unwrap_or_default());
    let limit = draft.arg(i64::try_from(limit).unwrap_or(i64::MAX));
    let text = format!(
        "SELECT c.id, c.lane, c.country FROM contact AS c WHERE c.workspace_id = {workspace} \
         AND c.merged_into IS NULL AND c.id > {after} AND {condition} ORDER BY c.id LIMIT {limit}"
    );
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, draft.values)).await?;
    rows.iter().map(person).collect()
}

fn person(row: &QueryResult) -> Result<Person> {
    Ok(Person {
        id: ContactId(row.try_get_by_index(0)?),
        lane: u16::try_from(row.try_get_by_index::<i16>(1)?).unwrap_or(0),
        country: row.try_get_by_index(2)?,
    })
}

/// How many contacts with a conversation on a channel there are, by country.
///
/// # Errors
/// What the database said.
pub async fn countries_of(read: &Read, channel: ChannelId) -> Result<BTreeMap<Option<String>, u64>> {
    let text = "SELECT c.country, count(*) FROM contact AS c WHERE c.workspace_id = $1 AND c.merged_into IS NULL \
                AND EXISTS (SELECT 1 FROM conversation AS v WHERE v.workspace_id = c.workspace_id \
                AND v.contact_id = c.id AND v.channel_id = $2) GROUP BY c.country";
    let values: [Value; 2] = [read.workspace().0.into(), channel.0.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let count = |row: &QueryResult| {
        let count: i64 = row.try_get_by_index(1)?;
        Ok((row.try_get_by_index(0)?, u64::try_from(count).unwrap_or(0)))
    };
    rows.iter().map(count).collect()
}

/// Contacts by id, also those that became part of another one; those that do not exist are left out.
///
/// # Errors
/// What the database said.
pub async fn with_ids(read: &Read, ids: &[ContactId]) -> Result<Vec<Model>> {
    let mut found = Vec::with_capacity(ids.len());
    for piece in ids.chunks(PIECE) {
        let query = Entity::find()
            .filter(Column::WorkspaceId.eq(read.workspace().0))
            .filter(Column::Id.is_in(piece.iter().map(|id| id.0)));
        found.extend(query.all(&read.conn()).await?);
    }
    crate::tag::dress(&read.conn(), read.workspace().0, &mut found).await?;
    Ok(found)
}

/// Keeps the list of a campaign, in place of an earlier one.
///
/// # Errors
/// What the database said.
pub async fn put_list(tx: &WriteTx, campaign: CampaignId, entries: &[String]) -> Result<()> {
    const COLS: &[Col] = &[
        col("workspace_id", Kind::Uuid),
        col("campaign_id", Kind::Uuid),
        col("part", Kind::Int),
        col("entries", Kind::Json),
    ];
    campaign_list::Entity::delete_many()
        .filter(campaign_list::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(campaign_list::Column::CampaignId.eq(campaign.0))
        .exec(tx.conn())
        .await?;
    let mut rows = Rows::new(COLS);
    for (part, entries) in entries.chunks(PART).enumerate() {
        let part = i32::try_from(part).unwrap_or(i32::MAX);
        rows.push([tx.workspace().0.into(), campaign.0.into(), part.into(), json!(entries).into()]);
    }
    batch::insert(tx.conn(), tx.backend(), "campaign_list", "", rows).await?;
    Ok(())
}

/// A part of a campaign's list, from 0; `None` behind the last one.
///
/// # Errors
/// What the database said.
pub async fn list_part(read: &Read, campaign: CampaignId, part: i32) -> Result<Option<Vec<String>>> {
    let row = campaign_list::Entity::find_by_id((read.workspace().0, campaign.0, part)).one(&read.conn()).await?;
    Ok(row.map(|row| serde_json::from_value(row.entries).unwrap_or_default()))
}
