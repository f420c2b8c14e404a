//! The past as rules are tried on it: customers in turn, with everything that was said and happened.

use crate::codec::unpack_content;
use crate::entity::{consent, contact, conversation, message};
use crate::error::Result;
use crate::scope::Read;
use crate::sql;
use rapport_core::inbox::ConversationState;
use rapport_core::message::{Content, Direction, Status};
use rapport_core::{ContactId, ConversationId, MessageId, Ms};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::ops::Range;
use uuid::Uuid;

/// Customers with whom something was said since a moment, in the order of their ids, those after `after`.
///
/// # Errors
/// What the database said.
pub async fn customers(read: &Read, since: Ms, after: Option<Uuid>, limit: u64) -> Result<Vec<ContactId>> {
    let text = "SELECT DISTINCT contact_id FROM conversation WHERE workspace_id = $1 AND contact_id > $2 \
                AND last_message_at >= $3 ORDER BY contact_id LIMIT $4";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [read.workspace().0.into(), after.unwrap_or_default().into(), since.0.into(), limit.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    rows.iter().map(|row| Ok(ContactId(row.try_get_by_index(0)?))).collect()
}

/// How many they are.
///
/// # Errors
/// What the database said.
pub async fn count_customers(read: &Read, since: Ms) -> Result<i64> {
    let text = "SELECT count(DISTINCT contact_id) FROM conversation WHERE workspace_id = $1 AND last_message_at >= $2";
    let values = [read.workspace().0.into(), since.0.into()];
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

/// What stands beside the lines of some customers.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// The contacts, with their tags; those that were merged away are left out.
    pub contacts: Vec<contact::Model>,
    /// Their conversations.
    pub conversations: Vec<ConversationState>,
    /// Their consent to marketing: whose, when, `opted_in` or `opted_out`.
    pub consents: Vec<(ContactId, Ms, String)>,
}

/// Customers as they are today, with the ledger of their consent.
///
/// # Errors
/// What the database said; `Damaged`.
pub async fn people(read: &Read, ids: &[ContactId]) -> Result<People> {
    let (workspace, conn) = (read.workspace().0, read.conn());
    let ids = || ids.iter().map(|id| id.0);
    let mut contacts = contact::Entity::find()
        .filter(contact::Column::WorkspaceId.eq(workspace))
        .filter(contact::Column::Id.is_in(ids()))
        .filter(contact::Column::MergedInto.is_null())
        .all(&conn)
        .await?;
    crate::tag::dress(&conn, workspace, &mut contacts).await?;
    let conversations = conversation::Entity::find()
        .filter(conversation::Column::WorkspaceId.eq(workspace))
        .filter(conversation::Column::ContactId.is_in(ids()))
        .all(&conn)
        .await?;
    let conversations = conversations.iter().map(crate::query::person::state).collect::<Result<_>>()?;
    let consents: Vec<(Uuid, i64, String)> = consent::Entity::find()
        .select_only()
        .column(consent::Column::ContactId)
        .column(consent::Column::At)
        .column(consent::Column::State)
        .filter(consent::Column::WorkspaceId.eq(workspace))
        .filter(consent::Column::ContactId.is_in(ids()))
        .filter(consent::Column::Purpose.eq("marketing"))
        .into_tuple()
        .all(&conn)
        .await?;
    let consents = consents.into_iter().map(|(id, at, state)| (ContactId(id), Ms(at), state)).collect();
    Ok(People { contacts, conversations, consents })
}

/// A line of the past.
#[derive(Debug, Clone, PartialEq)]
pub struct Lived {
    /// Whose.
    pub contact_id: ContactId,
    /// Which.
    pub id: MessageId,
    /// Where.
    pub conversation_id: ConversationId,
    /// When.
    pub at: Ms,
    /// From whom; never a note.
    pub direction: Direction,
    /// `contact`, `user`, `rule`, ...
    pub author_kind: String,
    /// The user or rule.
    pub author_id: Option<Uuid>,
    /// Where it stands.
    pub status: Option<Status>,
    /// What.
    pub content: Content,
}

/// The kind of a line whose content cannot be read any more.
const UNREADABLE: &str = "unreadable";

type LivedRow = (Uuid, Uuid, Uuid, i64, String, String, Option<Uuid>, String, Vec<u8>);

fn lived((contact, id, conversation, at, direction, author_kind, author_id, status, content): LivedRow) -> Lived {
    Lived {
        contact_id: ContactId(contact),
        id: MessageId(id),
        conversation_id: ConversationId(conversation),
        at: Ms(at),
        direction: match direction.as_str() {
            "in" => Direction::In,
            "out" => Direction::Out,
            _ => Direction::Event,
        },
        author_kind,
        author_id,
        status: Status::parse(&status),
        content: unpack_content(&content).unwrap_or_else(|error| {
            let (kind, reason) = (UNREADABLE.to_owned(), error.to_string());
            Content::Unsupported { kind, reason }
        }),
    }
}

/// What was said and what happened with some customers in a stretch of time, one customer after the other, at most
/// `limit` lines. One whose content cannot be read says nothing: `unsupported`, `unreadable`.
///
/// # Errors
/// What the database said.
pub async fn lines(read: &Read, ids: &[ContactId], at: Range<Ms>, limit: u64) -> Result<Vec<Lived>> {
    use message::Column;
    let query = message::Entity::find()
        .select_only()
        .columns([Column::ContactId, Column::Id, Column::ConversationId, Column::At, Column::Direction])
        .columns([Column::AuthorKind, Column::AuthorId, Column::Status, Column::Content])
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ContactId.is_in(ids.iter().map(|id| id.0)))
        // What was said in that time was stored then or later.
        .filter(Column::CreatedAt.gte(at.start.0))
        .filter(Column::At.gte(at.start.0))
        .filter(Column::At.lt(at.end.0))
        .filter(Column::Direction.is_in(["in", "out", "event"]))
        .order_by_asc(Column::ContactId)
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(limit);
    let rows: Vec<LivedRow> = query.into_tuple().all(&read.conn()).await?;
    let lines: Vec<Lived> = rows.into_iter().map(lived).collect();
    let unread = |line: &&Lived| matches!(&line.content, Content::Unsupported { kind, .. } if kind == UNREADABLE);
    let count = lines.iter().filter(unread).count();
    if count > 0 {
        tracing::warn!(workspace = %read.workspace(), count, "lines cannot be read and say nothing");
    }
    Ok(lines)
}
