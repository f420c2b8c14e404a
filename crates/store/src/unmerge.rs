//! Two contacts that were taken for one are parted again: what went from one to the other goes back, what came since
//! stays where it came.

use crate::batch::{self, Col, Kind, Rows, col};
use crate::entity::contact_merge::{Column, Entity, Model};
use crate::entity::{contact, contact_block, contact_tag, conversation, conversation_trail, identity, link};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::{merge, parted, split, sql, tag, whole};
use rapport_core::inbox::Part;
use rapport_core::{ContactId, ConversationId, MessageId, Ms};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

pub use crate::entity::contact_merge::Model as MergeRow;
pub use crate::parted::{last_heard, said_since, scattered};

/// Tables whose rows go back one by one, with their keys.
const ROWS: [(&str, &str); 8] = [
    ("consent", "id"),
    ("survey", "id"),
    ("closing", "id"),
    ("rule_run", "id"),
    ("matter", "id"),
    ("sync_conflict", "id"),
    ("shop_order", "number"),
    ("coupon", "id"),
];
/// Those of them that belong to a conversation.
const OF_TALKS: [&str; 3] = ["survey", "closing", "matter"];
/// Most merges that are pruned in one go.
const PRUNED: u64 = 50;

/// What went from one contact to the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Conversations that went whole.
    pub conversations: Vec<Uuid>,
    /// Conversations that became part of another one.
    #[serde(default)]
    pub joined: Vec<Joined>,
    /// Keys of rows, by table.
    pub rows: BTreeMap<String, Vec<String>>,
    /// Ids that led to the one that is gone.
    pub identities: Vec<(String, String)>,
    /// Its tags, and those of the one that stayed.
    pub tags: (Vec<Uuid>, Vec<Uuid>),
    /// Channels on which it was blocked, and those on which the one that stayed was.
    pub blocks: (Vec<Uuid>, Vec<Uuid>),
    /// Its records in CRMs: connection and record.
    pub links: Vec<(Uuid, String)>,
    /// The lines in the ledger of consent of the one that stayed.
    #[serde(default)]
    pub ledger: Vec<String>,
}

/// A conversation that became part of another one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The one that is gone.
    pub id: Uuid,
    /// The one it became part of.
    pub into: Uuid,
    /// Its lines.
    pub messages: Vec<Uuid>,
    /// Its rows elsewhere, by table.
    pub rows: BTreeMap<String, Vec<String>>,
}

/// What a contact has, before it goes.
pub(crate) async fn of(tx: &WriteTx, keep: ContactId, gone: ContactId) -> Result<Moved> {
    let workspace = tx.workspace().0;
    let mut moved = Moved::default();
    for (table, key) in ROWS {
        moved.rows.insert(table.to_owned(), keys(tx, table, key, "contact_id", gone.0).await?);
    }
    moved.ledger = keys(tx, "consent", "id", "contact_id", keep.0).await?;
    moved.conversations = conversation::Entity::find()
        .select_only()
        .column(conversation::Column::Id)
        .filter(conversation::Column::WorkspaceId.eq(workspace))
        .filter(conversation::Column::ContactId.eq(gone.0))
        .into_tuple()
        .all(tx.conn())
        .await?;
    moved.identities = identity::Entity::find()
        .select_only()
        .columns([identity::Column::Kind, identity::Column::Value])
        .filter(identity::Column::WorkspaceId.eq(workspace))
        .filter(identity::Column::ContactId.eq(gone.0))
        .into_tuple()
        .all(tx.conn())
        .await?;
    moved.tags = (tags(tx, gone).await?, tags(tx, keep).await?);
    moved.blocks = (blocks(tx, gone).await?, blocks(tx, keep).await?);
    moved.links = link::Entity::find()
        .select_only()
        .columns([link::Column::ConnectionId, link::Column::RemoteId])
        .filter(link::Column::WorkspaceId.eq(workspace))
        .filter(link::Column::LocalId.eq(gone.0))
        .filter(link::Column::DeletedAt.is_null())
        .into_tuple()
        .all(tx.conn())
        .await?;
    Ok(moved)
}

/// What belongs to a conversation, before it becomes part of another one.
pub(crate) async fn rows_of(tx: &WriteTx, conversation: ConversationId) -> Result<BTreeMap<String, Vec<String>>> {
    let mut rows = BTreeMap::new();
    for table in OF_TALKS {
        rows.insert(table.to_owned(), keys(tx, table, "id", "conversation_id", conversation.0).await?);
    }
    Ok(rows)
}

async fn keys(tx: &WriteTx, table: &str, key: &str, column: &str, id: Uuid) -> Result<Vec<String>> {
    let text = format!("SELECT {key} FROM {table} WHERE workspace_id = $1 AND {column} = $2");
    let rows = tx.conn().query_all_raw(sql::with(tx.backend(), text, [tx.workspace().0.into(), id.into()])).await?;
    let read = |row: &sea_orm::QueryResult| match key {
        "id" => row.try_get_by_index::<Uuid>(0).map(|id| id.to_string()),
        _ => row.try_get_by_index::<String>(0),
    };
    rows.iter().map(|row| Ok(read(row)?)).collect()
}

async fn tags(tx: &WriteTx, contact: ContactId) -> Result<Vec<Uuid>> {
    let query = contact_tag::Entity::find()
        .select_only()
        .column(contact_tag::Column::TagId)
        .filter(contact_tag::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(contact_tag::Column::ContactId.eq(contact.0));
    Ok(query.into_tuple().all(tx.conn()).await?)
}

async fn blocks(tx: &WriteTx, contact: ContactId) -> Result<Vec<Uuid>> {
    let query = contact_block::Entity::find()
        .select_only()
        .column(contact_block::Column::ChannelId)
        .filter(contact_block::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(contact_block::Column::ContactId.eq(contact.0));
    Ok(query.into_tuple().all(tx.conn()).await?)
}

/// Notes a merge. Those older than `since` can be taken back no more and are forgotten, a few at a time.
///
/// # Errors
/// What the database said.
pub async fn put(tx: &WriteTx, row: Model, since: Ms) -> Result<()> {
    let old: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::At.lt(since.0))
        .limit(PRUNED)
        .into_tuple()
        .all(tx.conn())
        .await?;
    if !old.is_empty() {
        Entity::delete_many()
            .filter(Column::WorkspaceId.eq(tx.workspace().0))
            .filter(Column::Id.is_in(old))
            .exec(tx.conn())
            .await?;
    }
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Remembers which number a contact was heard from last: that is the one it is answered on, when several lead to it.
///
/// # Errors
/// What the database said.
pub async fn heard(tx: &WriteTx, contact: ContactId, kind: &str, value: &str, at: Ms) -> Result<()> {
    identity::Entity::update_many()
        .col_expr(identity::Column::HeardAt, Expr::value(at.0))
        .filter(identity::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(identity::Column::Kind.eq(kind))
        .filter(identity::Column::Value.eq(value))
        .filter(identity::Column::ContactId.eq(contact.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// One merge.
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

/// The merges of a contact that stand, the latest first.
///
/// # Errors
/// What the database said.
pub async fn of_contact(read: &Read, keep: ContactId, since: Ms, limit: u64) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::KeepId.eq(keep.0))
        .filter(Column::At.gte(since.0))
        .filter(Column::UndoneAt.is_null())
        .order_by_desc(Column::At)
        .limit(limit);
    Ok(query.all(&read.conn()).await?)
}

/// A contact's row, one that became part of another included.
///
/// # Errors
/// What the database said.
pub async fn row(read: &Read, id: ContactId) -> Result<Option<contact::Model>> {
    Ok(crate::sync_contact::get(read, &[id]).await?.pop())
}

/// What a conversation comes to that was made of two: what stays, and what goes back under its old id.
#[derive(Debug, Clone, PartialEq)]
pub struct Talk {
    /// The one it is part of now.
    pub into: ConversationId,
    /// The id it had.
    pub id: ConversationId,
    /// What is left.
    pub rest: Part,
    /// What goes.
    pub theirs: Part,
}

/// Gives everything back that went. The rows of conversations that had become part of others are for the caller to
/// write, as told. `since`: when they became one. Both lanes must be locked.
///
/// # Errors
/// What the database said.
pub async fn part(
    tx: &WriteTx,
    (keep, gone, lane): (ContactId, ContactId, u16),
    moved: &Moved,
    still_two: &str,
    (since, now): (Ms, Ms),
) -> Result<Vec<Talk>> {
    let workspace = tx.workspace().0;
    contact::Entity::update_many()
        .col_expr(contact::Column::MergedInto, Expr::value(None::<Uuid>))
        .col_expr(contact::Column::UpdatedAt, Expr::value(now.0))
        .filter(contact::Column::WorkspaceId.eq(workspace))
        .filter(contact::Column::Id.eq(gone.0))
        .exec(tx.conn())
        .await?;
    let mut talks = Vec::new();
    for joined in &moved.joined {
        talks.extend(talk(tx, (keep, gone), joined).await?);
    }
    let whole = parted::threads(tx, &moved.conversations).await?;
    threads(tx, (keep, gone, lane), &whole).await?;
    for (table, key) in ROWS {
        let rows = moved.rows.get(table).map(Vec::as_slice).unwrap_or_default();
        back(tx, (table, key), "contact_id", rows, keep.0, gone.0).await?;
    }
    for table in ["send_queue", "reach"] {
        let text = format!(
            "UPDATE {table} SET contact_id = $1 WHERE workspace_id = $2 AND contact_id = $3 AND message_id IN \
             (SELECT id FROM message WHERE workspace_id = $2 AND contact_id = $1)"
        );
        let values = [gone.0.into(), workspace.into(), keep.0.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    parted::names(tx, (keep, gone), &moved.identities, (since, now)).await?;
    marks(tx, (keep, gone), moved, now).await?;
    records(tx, (keep, gone), moved, still_two).await?;
    Ok(talks)
}

/// Rows of a table whose `column` was moved from `gone` to `keep` and is still there.
async fn back(
    tx: &WriteTx,
    (table, key): (&str, &str),
    column: &str,
    rows: &[String],
    keep: Uuid,
    gone: Uuid,
) -> Result<()> {
    const ID: &[Col] = &[col("id", Kind::Uuid)];
    const NAME: &[Col] = &[col("name", Kind::Text)];
    let mut given = Rows::new(if key == "id" { ID } else { NAME });
    for row in rows {
        match (key, row.parse::<Uuid>()) {
            ("id", Ok(id)) => given.push([id.into()]),
            ("id", Err(_)) => return Err(Error::Damaged(format!("{table}: {row} is no id"))),
            _ => given.push([row.as_str().into()]),
        }
    }
    let text = format!(
        "UPDATE {table} SET {column} = $1 FROM {{rows}} WHERE {table}.workspace_id = $2 AND {table}.{column} = $3 \
         AND {table}.{key} = v.column1"
    );
    batch::execute(tx.conn(), tx.backend(), &text, &[gone.into(), tx.workspace().0.into(), keep.into()], given).await?;
    Ok(())
}

/// Conversations that went whole, with whatever was said in them since.
async fn threads(tx: &WriteTx, (keep, gone, lane): (ContactId, ContactId, u16), ids: &[Uuid]) -> Result<()> {
    let workspace = tx.workspace().0;
    for id in ids {
        conversation::Entity::update_many()
            .col_expr(conversation::Column::ContactId, Expr::value(gone.0))
            .col_expr(conversation::Column::Lane, Expr::value(i16::try_from(lane).unwrap_or(0)))
            .filter(conversation::Column::WorkspaceId.eq(workspace))
            .filter(conversation::Column::Id.eq(*id))
            .filter(conversation::Column::ContactId.eq(keep.0))
            .exec(tx.conn())
            .await?;
        let text = "UPDATE message SET contact_id = $1 WHERE workspace_id = $2 AND conversation_id = $3 AND contact_id = $4 \
                    RETURNING id";
        let values = [gone.0.into(), workspace.into(), (*id).into(), keep.0.into()];
        let lines = tx.conn().query_all_raw(sql::with(tx.backend(), text, values)).await?;
        let lines: Vec<MessageId> =
            lines.iter().map(|row| Ok(MessageId(row.try_get_by_index(0)?))).collect::<Result<_>>()?;
        merge::moved(tx, "contact_id", gone.0, &lines).await?;
    }
    Ok(())
}

/// The lines of a conversation that became part of another one are a conversation again, wherever they are now.
async fn talk(tx: &WriteTx, (keep, gone): (ContactId, ContactId), joined: &Joined) -> Result<Option<Talk>> {
    const ID: &[Col] = &[col("id", Kind::Uuid)];
    let workspace = tx.workspace().0;
    let Some(into) = parted::place(tx, joined).await? else { return Ok(None) };
    let mut rows = Rows::new(ID);
    for line in &joined.messages {
        rows.push([(*line).into()]);
    }
    let text = "UPDATE message SET conversation_id = $1, contact_id = $2 FROM {rows} WHERE message.workspace_id = $3 \
                AND message.id = v.column1 AND message.conversation_id = $4 AND message.contact_id = $5 RETURNING message.id";
    let fixed: [Value; 5] = [joined.id.into(), gone.0.into(), workspace.into(), into.0.into(), keep.0.into()];
    let found = batch::query(tx.conn(), tx.backend(), text, &fixed, rows).await?;
    let lines: Vec<MessageId> =
        found.iter().map(|row| Ok(MessageId(row.try_get_by_index(0)?))).collect::<Result<_>>()?;
    if lines.is_empty() {
        return Ok(None);
    }
    conversation_trail::Entity::delete_by_id((workspace, joined.id)).exec(tx.conn()).await?;
    merge::moved(tx, "conversation_id", joined.id, &lines).await?;
    merge::moved(tx, "contact_id", gone.0, &lines).await?;
    for table in OF_TALKS {
        let rows = joined.rows.get(table).map(Vec::as_slice).unwrap_or_default();
        back(tx, (table, "id"), "conversation_id", rows, into.0, joined.id).await?;
    }
    let id = ConversationId(joined.id);
    crate::watch::divide(tx, into, id).await?;
    split::charges(tx, into, &lines).await?;
    let (rest, theirs) = (split::whole(tx, into).await?, split::whole(tx, id).await?);
    Ok(Some(Talk { into, id, rest, theirs }))
}

/// Tags and blocks that only one of the two had are only that one's again.
async fn marks(tx: &WriteTx, (keep, gone): (ContactId, ContactId), moved: &Moved, now: Ms) -> Result<()> {
    let workspace = tx.workspace().0;
    let (theirs, own) = &moved.tags;
    for tag in theirs {
        let text = "INSERT INTO contact_tag (workspace_id, contact_id, tag_id, at) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT DO NOTHING";
        let values = [workspace.into(), gone.0.into(), (*tag).into(), now.0.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
        if !own.contains(tag) {
            contact_tag::Entity::delete_by_id((workspace, keep.0, *tag)).exec(tx.conn()).await?;
        }
    }
    let (theirs, own) = &moved.blocks;
    for channel in theirs {
        let found = contact_block::Entity::find_by_id((workspace, keep.0, *channel)).one(tx.conn()).await?;
        let Some(block) = found else { continue };
        crate::block::insert(tx, contact_block::Model { contact_id: gone.0, ..block }).await?;
        if !own.contains(channel) {
            contact_block::Entity::delete_by_id((workspace, keep.0, *channel)).exec(tx.conn()).await?;
        }
    }
    Ok(())
}

/// Records in CRMs are whose they were; what both sides agreed on meanwhile was about other values.
async fn records(tx: &WriteTx, (keep, gone): (ContactId, ContactId), moved: &Moved, still_two: &str) -> Result<()> {
    let workspace = tx.workspace().0;
    for (connection, remote) in &moved.links {
        link::Entity::update_many()
            .col_expr(link::Column::LocalId, Expr::value(gone.0))
            .col_expr(link::Column::Snapshot, Expr::value(serde_json::json!({})))
            .col_expr(link::Column::State, Expr::value(crate::link::WAITING))
            .filter(link::Column::WorkspaceId.eq(workspace))
            .filter(link::Column::ConnectionId.eq(*connection))
            .filter(link::Column::LocalId.eq(keep.0))
            .filter(link::Column::RemoteId.eq(remote.as_str()))
            .exec(tx.conn())
            .await?;
    }
    link::Entity::update_many()
        .col_expr(link::Column::DeletedAt, Expr::value(None::<i64>))
        .col_expr(link::Column::State, Expr::value(crate::link::WAITING))
        .col_expr(link::Column::Error, Expr::value(None::<String>))
        .filter(link::Column::WorkspaceId.eq(workspace))
        .filter(link::Column::LocalId.eq(gone.0))
        .filter(link::Column::Error.eq(still_two))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Writes every value of a contact, and that a merge was taken back.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn finish(tx: &WriteTx, row: contact::Model, merge: Model) -> Result<()> {
    let fields = tag::settle(tx, row.id, &row.fields, Ms(row.updated_at)).await?;
    let version = row.version.saturating_add(1);
    whole::update::<contact::Entity>(tx, row.workspace_id, contact::Model { fields, version, ..row }, "contact")
        .await?;
    whole::update::<Entity>(tx, merge.workspace_id, merge, "merge").await
}
