//! Messages.

use super::{json, to_json, unknown};
use crate::batch::{self, Col, Kind, Rows, col, opt};
use crate::codec;
use crate::error::{Error, Result};
use crate::scope::WriteTx;
use rapport_core::cost::Price;
use rapport_core::inbox::{Batch, MessageState, Needs, NewMessage, message_key};
use rapport_core::message::Status;
use rapport_core::{ChannelId, ContactId, ConversationId, MessageId, Ms, WorkspaceId};
use sea_orm::{QueryResult, Value};
use std::collections::HashMap;

const COLUMNS: &str = "m.id, m.conversation_id, m.contact_id, m.channel_id, m.direction, m.provider_id, m.status, \
    m.status_at, m.sent_at, m.delivered_at, m.read_at, m.failed_at, m.error, m.reactions, m.edited_at, m.revoked_at, \
    m.cost_category, m.cost_kind";

pub(super) async fn load(tx: &WriteTx, needs: &Needs) -> Result<Vec<MessageState>> {
    const KEY: &[Col] = &[col("channel_id", Kind::Uuid), col("provider_key", Kind::Bytes)];
    const ID: &[Col] = &[col("id", Kind::Uuid)];
    let fixed = [Value::from(tx.workspace().0)];
    let mut keys = Rows::new(KEY);
    for (channel, key) in &needs.messages {
        keys.push([channel.0.into(), key.to_vec().into()]);
    }
    let by_key = format!(
        "SELECT {COLUMNS} FROM {{rows}} CROSS JOIN message AS m WHERE m.workspace_id = {{workspace}} \
         AND m.channel_id = v.column1 AND m.provider_key = v.column2 AND m.provider_key IS NOT NULL"
    );
    let mut found = batch::query(tx.conn(), tx.backend(), &by_key, &fixed, keys).await?;
    let mut ids = Rows::new(ID);
    for id in &needs.message_ids {
        ids.push([id.0.into()]);
    }
    let by_id = format!(
        "SELECT {COLUMNS} FROM {{rows}} CROSS JOIN message AS m WHERE m.workspace_id = {{workspace}} AND m.id = v.column1"
    );
    found.extend(batch::query(tx.conn(), tx.backend(), &by_id, &fixed, ids).await?);
    found.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<MessageState> {
    let ms = |index| Ok::<_, Error>(row.try_get_by_index::<Option<i64>>(index)?.map(Ms));
    let direction: String = row.try_get_by_index(4)?;
    let status: String = row.try_get_by_index(6)?;
    let failure: Option<serde_json::Value> = row.try_get_by_index(12)?;
    let reactions: Option<serde_json::Value> = row.try_get_by_index(13)?;
    Ok(MessageState {
        id: MessageId(row.try_get_by_index(0)?),
        conversation_id: ConversationId(row.try_get_by_index(1)?),
        contact_id: ContactId(row.try_get_by_index(2)?),
        channel_id: ChannelId(row.try_get_by_index(3)?),
        direction: super::direction(&direction)?,
        provider_id: row.try_get_by_index(5)?,
        status: Status::parse(&status).ok_or_else(|| unknown("message status", &status))?,
        status_at: ms(7)?,
        sent_at: ms(8)?,
        delivered_at: ms(9)?,
        read_at: ms(10)?,
        failed_at: ms(11)?,
        failure: failure.map(|value| json("error", value)).transpose()?,
        reactions: reactions.map(|value| json("reactions", value)).transpose()?.unwrap_or_default(),
        edited_at: ms(14)?,
        revoked_at: ms(15)?,
        price: price(row)?,
        content: None,
        preview: None,
    })
}

/// Stored in two columns, both or neither.
fn price(row: &QueryResult) -> Result<Option<Price>> {
    let (category, kind): (Option<String>, Option<String>) = (row.try_get_by_index(16)?, row.try_get_by_index(17)?);
    Ok(category.zip(kind).map(|(category, kind)| Price { category, kind }))
}

const NEW: &[Col] = &[
    col("workspace_id", Kind::Uuid),
    col("id", Kind::Uuid),
    col("conversation_id", Kind::Uuid),
    col("contact_id", Kind::Uuid),
    col("channel_id", Kind::Uuid),
    col("direction", Kind::Text),
    col("kind", Kind::Text),
    col("at", Kind::Big),
    col("created_at", Kind::Big),
    col("author_kind", Kind::Text),
    opt("author_id", Kind::Uuid),
    opt("author_name", Kind::Text),
    opt("provider_id", Kind::Text),
    opt("provider_key", Kind::Bytes),
    opt("client_id", Kind::Text),
    col("content", Kind::Bytes),
    col("preview", Kind::Text),
    col("status", Kind::Text),
    opt("status_at", Kind::Big),
    opt("sent_at", Kind::Big),
    opt("delivered_at", Kind::Big),
    opt("read_at", Kind::Big),
    opt("failed_at", Kind::Big),
    opt("error", Kind::Json),
    opt("reply_to_provider_id", Kind::Text),
    opt("reply_to_id", Kind::Uuid),
    opt("reactions", Kind::Json),
    opt("edited_at", Kind::Big),
    opt("revoked_at", Kind::Big),
    opt("media_id", Kind::Uuid),
    col("indexed", Kind::Small),
];

const STATE: &[Col] = &[
    col("id", Kind::Uuid),
    opt("provider_id", Kind::Text),
    opt("provider_key", Kind::Bytes),
    col("status", Kind::Text),
    opt("status_at", Kind::Big),
    opt("sent_at", Kind::Big),
    opt("delivered_at", Kind::Big),
    opt("read_at", Kind::Big),
    opt("failed_at", Kind::Big),
    opt("error", Kind::Json),
    opt("reactions", Kind::Json),
    opt("edited_at", Kind::Big),
    opt("revoked_at", Kind::Big),
    opt("cost_category", Kind::Text),
    opt("cost_kind", Kind::Text),
];

const UPDATE_STATE: &str = "UPDATE message SET provider_id = v.column2, provider_key = v.column3, status = v.column4, \
    status_at = v.column5, sent_at = v.column6, delivered_at = v.column7, read_at = v.column8, failed_at = v.column9, \
    error = v.column10, reactions = v.column11, edited_at = v.column12, revoked_at = v.column13, \
    cost_category = v.column14, cost_kind = v.column15 \
    FROM {rows} WHERE message.workspace_id = {workspace} AND message.id = v.column1";

const CONTENT: &[Col] =
    &[col("id", Kind::Uuid), col("kind", Kind::Text), col("content", Kind::Bytes), col("preview", Kind::Text)];

const UPDATE_CONTENT: &str = "UPDATE message SET kind = v.column2, content = v.column3, preview = v.column4, \
    indexed = 0 FROM {rows} WHERE message.workspace_id = {workspace} AND message.id = v.column1";

pub(super) async fn save(tx: &WriteTx, batch: &Batch) -> Result<()> {
    let mut changed: HashMap<MessageId, &MessageState> =
        batch.changed_messages.iter().map(|state| (state.id, state)).collect();
    let mut new = Rows::new(NEW);
    for message in &batch.new_messages {
        // A line of this batch that has a price already (rare) is updated like one that was there before.
        let later = changed.get(&message.id).copied();
        if later.is_none_or(|state| state.price.is_none()) {
            changed.remove(&message.id);
        }
        new.push(new_row(tx.workspace(), message, later)?);
    }
    batch::insert(tx.conn(), tx.backend(), "message", "", new).await?;
    let (mut states, mut contents) = (Rows::new(STATE), Rows::new(CONTENT));
    for state in batch.changed_messages.iter().filter(|state| changed.contains_key(&state.id)) {
        states.push(state_row(state));
        if let Some(content) = &state.content {
            let preview = state.preview.clone().unwrap_or_default();
            contents.push([
                state.id.0.into(),
                content.kind().into(),
                codec::pack_content(content)?.into(),
                preview.into(),
            ]);
        }
    }
    let fixed = [Value::from(tx.workspace().0)];
    batch::execute(tx.conn(), tx.backend(), UPDATE_STATE, &fixed, states).await?;
    batch::execute(tx.conn(), tx.backend(), UPDATE_CONTENT, &fixed, contents).await?;
    Ok(())
}

fn ms(moment: Option<Ms>) -> Value {
    moment.map(|moment| moment.0).into()
}

fn key(provider_id: Option<&String>) -> Value {
    provider_id.map(|id| message_key(id).to_vec()).into()
}

fn failure(state: Option<&MessageState>) -> Value {
    state.and_then(|state| state.failure.as_ref()).map(to_json).into()
}

fn reactions(state: Option<&MessageState>) -> Value {
    state.filter(|state| !state.reactions.is_empty()).map(|state| to_json(&state.reactions)).into()
}

/// A new message in its final form: what the same batch changed about it is already in the row.
fn new_row(workspace: WorkspaceId, message: &NewMessage, later: Option<&MessageState>) -> Result<[Value; 31]> {
    let content = later.and_then(|state| state.content.as_ref()).unwrap_or(&message.content);
    let preview = later.and_then(|state| state.preview.as_ref()).unwrap_or(&message.preview);
    let provider_id = later.and_then(|state| state.provider_id.as_ref()).or(message.provider_id.as_ref());
    let at = |pick: fn(&MessageState) -> Option<Ms>| ms(later.and_then(pick));
    Ok([
        workspace.0.into(),
        message.id.0.into(),
        message.conversation_id.0.into(),
        message.contact_id.0.into(),
        message.channel_id.0.into(),
        message.direction.code().into(),
        content.kind().into(),
        message.at.0.into(),
        message.created_at.0.into(),
        message.author_kind.clone().into(),
        message.author_id.into(),
        message.author_name.clone().into(),
        provider_id.cloned().into(),
        key(provider_id),
        message.client_id.clone().into(),
        codec::pack_content(content)?.into(),
        preview.clone().into(),
        later.map_or(message.status, |state| state.status).code().into(),
        later.map_or_else(|| ms(Some(message.at)), |state| ms(state.status_at)),
        at(|state| state.sent_at),
        at(|state| state.delivered_at),
        at(|state| state.read_at),
        at(|state| state.failed_at),
        failure(later),
        message.reply_to_provider_id.clone().into(),
        message.reply_to_id.map(|id| id.0).into(),
        reactions(later),
        at(|state| state.edited_at),
        at(|state| state.revoked_at),
        message.media_id.map(|id| id.0).into(),
        0_i16.into(),
    ])
}

fn state_row(state: &MessageState) -> [Value; 15] {
    [
        state.id.0.into(),
        state.provider_id.clone().into(),
        key(state.provider_id.as_ref()),
        state.status.code().into(),
        ms(state.status_at),
        ms(state.sent_at),
        ms(state.delivered_at),
        ms(state.read_at),
        ms(state.failed_at),
        failure(Some(state)),
        reactions(Some(state)),
        ms(state.edited_at),
        ms(state.revoked_at),
        state.price.as_ref().map(|price| price.category.clone()).into(),
        state.price.as_ref().map(|price| price.kind.clone()).into(),
    ]
}
