//! Conversations.

use super::unknown;
use crate::batch::{self, Col, Kind, Rows, col, opt};
use crate::error::{Error, Result};
use crate::scope::WriteTx;
use rapport_core::inbox::{Batch, ConversationState, ConversationStatus, Priority};
use rapport_core::message::{Direction, Status};
use rapport_core::{ChannelId, ContactId, ConversationId, MessageId, Ms, TeamId, UserId};
use sea_orm::{QueryResult, Value};
use std::collections::HashSet;
use uuid::Uuid;

const COLUMNS: &str = "id, contact_id, channel_id, lane, status, priority, assignee_id, team_id, snoozed_until, unread, \
    last_message_at, last_message_id, last_direction, last_kind, last_preview, last_status, last_inbound_at, \
    last_inbound_provider_id, window_expires_at, waiting_since, first_response_at, resolved_at, created_at, updated_at";
const IDS: &[Col] = &[col("id", Kind::Uuid)];

fn ids_rows(ids: impl Iterator<Item = Uuid>) -> Rows {
    let mut rows = Rows::new(IDS);
    for id in ids {
        rows.push([id.into()]);
    }
    rows
}

/// For each contact and channel the unresolved conversation, else the newest.
pub(super) async fn of_contacts(tx: &WriteTx, contacts: &HashSet<ContactId>) -> Result<Vec<ConversationState>> {
    let text = format!(
        "SELECT {COLUMNS} FROM (SELECT c.*, row_number() OVER (PARTITION BY c.contact_id, c.channel_id \
         ORDER BY CASE WHEN c.status = 'resolved' THEN 1 ELSE 0 END, c.last_message_at DESC, c.id DESC) AS place \
         FROM {{rows}} CROSS JOIN conversation AS c WHERE c.workspace_id = {{workspace}} AND c.contact_id = v.column1) AS placed \
         WHERE place = 1"
    );
    let rows = ids_rows(contacts.iter().map(|id| id.0));
    let found = batch::query(tx.conn(), tx.backend(), &text, &[tx.workspace().0.into()], rows).await?;
    found.iter().map(read).collect()
}

pub(super) async fn by_id(tx: &WriteTx, ids: &HashSet<ConversationId>) -> Result<Vec<ConversationState>> {
    let columns: Vec<String> = COLUMNS.split(", ").map(|column| format!("c.{}", column.trim())).collect();
    let text = format!(
        "SELECT {} FROM {{rows}} CROSS JOIN conversation AS c WHERE c.workspace_id = {{workspace}} AND c.id = v.column1",
        columns.join(", ")
    );
    let rows = ids_rows(ids.iter().map(|id| id.0));
    let found = batch::query(tx.conn(), tx.backend(), &text, &[tx.workspace().0.into()], rows).await?;
    found.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<ConversationState> {
    let ms = |index| Ok::<_, Error>(row.try_get_by_index::<Option<i64>>(index)?.map(Ms));
    let uuid = |index| Ok::<_, Error>(row.try_get_by_index::<Option<Uuid>>(index)?);
    let text = |index| Ok::<_, Error>(row.try_get_by_index::<Option<String>>(index)?);
    let status: String = row.try_get_by_index(4)?;
    let priority: String = row.try_get_by_index(5)?;
    let last_direction = text(12)?.map_or(Ok(Direction::Event), |code| super::direction(&code))?;
    let last_status = text(15)?;
    let last_status = last_status.as_deref().map_or(Some(Status::Event), Status::parse);
    Ok(ConversationState {
        id: ConversationId(row.try_get_by_index(0)?),
        contact_id: ContactId(row.try_get_by_index(1)?),
        channel_id: ChannelId(row.try_get_by_index(2)?),
        lane: u16::try_from(row.try_get_by_index::<i16>(3)?).unwrap_or(0),
        status: ConversationStatus::parse(&status).ok_or_else(|| unknown("conversation status", &status))?,
        priority: Priority::parse(&priority).ok_or_else(|| unknown("priority", &priority))?,
        assignee_id: uuid(6)?.map(UserId),
        team_id: uuid(7)?.map(TeamId),
        snoozed_until: ms(8)?,
        unread: row.try_get_by_index(9)?,
        last_message_at: Ms(row.try_get_by_index(10)?),
        last_message_id: uuid(11)?.map(MessageId),
        last_direction,
        last_kind: text(13)?.unwrap_or_default(),
        last_preview: text(14)?.unwrap_or_default(),
        last_status: last_status.ok_or_else(|| unknown("status", "of the last message"))?,
        last_inbound_at: ms(16)?,
        last_inbound_provider_id: text(17)?,
        window_expires_at: ms(18)?,
        waiting_since: ms(19)?,
        first_response_at: ms(20)?,
        resolved_at: ms(21)?,
        created_at: Ms(row.try_get_by_index(22)?),
        updated_at: Ms(row.try_get_by_index(23)?),
    })
}

const ROW: &[Col] = &[
    col("workspace_id", Kind::Uuid),
    col("id", Kind::Uuid),
    col("contact_id", Kind::Uuid),
    col("channel_id", Kind::Uuid),
    col("lane", Kind::Small),
    col("status", Kind::Text),
    col("priority", Kind::Text),
    opt("assignee_id", Kind::Uuid),
    opt("team_id", Kind::Uuid),
    opt("snoozed_until", Kind::Big),
    col("unread", Kind::Int),
    col("last_message_at", Kind::Big),
    opt("last_message_id", Kind::Uuid),
    col("last_direction", Kind::Text),
    col("last_kind", Kind::Text),
    col("last_preview", Kind::Text),
    col("last_status", Kind::Text),
    opt("last_inbound_at", Kind::Big),
    opt("last_inbound_provider_id", Kind::Text),
    opt("window_expires_at", Kind::Big),
    opt("waiting_since", Kind::Big),
    opt("first_response_at", Kind::Big),
    opt("resolved_at", Kind::Big),
    col("created_at", Kind::Big),
    col("updated_at", Kind::Big),
];

/// Columns before this one say which conversation it is and never change.
const FIRST_CHANGING: usize = 5;

pub(super) async fn save(tx: &WriteTx, batch: &Batch) -> Result<()> {
    let sets: Vec<String> = ROW
        .iter()
        .enumerate()
        .skip(FIRST_CHANGING)
        .filter(|(_, column)| column.name != "created_at")
        .map(|(index, column)| format!("{} = v.column{}", column.name, index + 1))
        .collect();
    let text = format!(
        "UPDATE conversation SET {} FROM {{rows}} WHERE conversation.workspace_id = v.column1 AND conversation.id = v.column2",
        sets.join(", ")
    );
    // Changes first: a conversation that was resolved makes room for a new one on the same channel.
    batch::execute(tx.conn(), tx.backend(), &text, &[], rows(tx, &batch.changed_conversations)).await?;
    batch::insert(tx.conn(), tx.backend(), "conversation", "", rows(tx, &batch.new_conversations)).await?;
    Ok(())
}

fn rows(tx: &WriteTx, conversations: &[ConversationState]) -> Rows {
    let mut rows = Rows::new(ROW);
    for conversation in conversations {
        rows.push(row(tx.workspace().0, conversation));
    }
    rows
}

fn row(workspace: Uuid, of: &ConversationState) -> [Value; 25] {
    let ms = |moment: Option<Ms>| Value::from(moment.map(|moment| moment.0));
    [
        workspace.into(),
        of.id.0.into(),
        of.contact_id.0.into(),
        of.channel_id.0.into(),
        i16::try_from(of.lane).unwrap_or(i16::MAX).into(),
        of.status.code().into(),
        of.priority.code().into(),
        of.assignee_id.map(|id| id.0).into(),
        of.team_id.map(|id| id.0).into(),
        ms(of.snoozed_until),
        of.unread.into(),
        of.last_message_at.0.into(),
        of.last_message_id.map(|id| id.0).into(),
        of.last_direction.code().into(),
        of.last_kind.clone().into(),
        of.last_preview.clone().into(),
        of.last_status.code().into(),
        ms(of.last_inbound_at),
        of.last_inbound_provider_id.clone().into(),
        ms(of.window_expires_at),
        ms(of.waiting_since),
        ms(of.first_response_at),
        ms(of.resolved_at),
        of.created_at.0.into(),
        of.updated_at.0.into(),
    ]
}
