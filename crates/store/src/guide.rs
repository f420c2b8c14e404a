//! What the first-run guide asks: whether anything of a kind is there yet. Each question ends at the first row that says so.

use crate::entity::{connection, user};
use crate::error::Result;
use crate::scope::Read;
use crate::sql;
use rapport_core::{ConversationId, Ms, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Value};
use uuid::Uuid;

/// So many conversations are looked into for an answer, and so many messages for one's own.
const LOOKED_AT: i64 = 5_000;

/// Whether a customer ever wrote.
///
/// # Errors
/// What the database said.
pub async fn has_message(read: &Read) -> Result<bool> {
    let text = "SELECT id FROM conversation WHERE workspace_id = $1 AND last_inbound_at IS NOT NULL LIMIT 1";
    Ok(first(read, text, []).await?.is_some())
}

/// The open conversation whose customer has waited longest.
///
/// # Errors
/// What the database said.
pub async fn waiting(read: &Read) -> Result<Option<ConversationId>> {
    let text = "SELECT id FROM conversation WHERE workspace_id = $1 AND status = 'open' AND waiting_since IS NOT NULL \
        ORDER BY waiting_since, id LIMIT 1";
    Ok(first(read, text, []).await?.map(ConversationId))
}

/// Whether the provider took any answer to a customer.
///
/// # Errors
/// What the database said.
pub async fn is_answered(read: &Read) -> Result<bool> {
    let text = format!(
        "SELECT c.id FROM (SELECT id FROM conversation WHERE workspace_id = $1 AND first_response_at IS NOT NULL \
         AND last_inbound_at IS NOT NULL LIMIT {LOOKED_AT}) AS c WHERE EXISTS (SELECT 1 FROM message AS m \
         WHERE m.workspace_id = $1 AND m.conversation_id = c.id AND m.direction = 'out' AND m.sent_at IS NOT NULL) LIMIT 1"
    );
    Ok(first(read, &text, []).await?.is_some())
}

/// Whether the provider took an answer of one person, among the workspace's first messages since `since`. Ids follow
/// the time, so those are read from the table's own order.
///
/// # Errors
/// What the database said.
pub async fn is_answered_by(read: &Read, user: UserId, since: Ms) -> Result<bool> {
    let from = rapport_core::id::uuid_v7(since, [0; 10]);
    let text = format!(
        "SELECT m.id FROM (SELECT id, direction, author_kind, author_id, sent_at FROM message WHERE workspace_id = $1 \
         AND id >= $2 ORDER BY id LIMIT {LOOKED_AT}) AS m WHERE m.direction = 'out' AND m.author_kind = 'user' \
         AND m.author_id = $3 AND m.sent_at IS NOT NULL LIMIT 1"
    );
    Ok(first(read, &text, [from.into(), user.0.into()]).await?.is_some())
}

/// Whether somebody else than `user` can sign in.
///
/// # Errors
/// What the database said.
pub async fn has_colleagues(read: &Read, user: UserId) -> Result<bool> {
    use user::Column::{DisabledAt, Id, WorkspaceId};
    let query = user::Entity::find()
        .select_only()
        .column(Id)
        .filter(WorkspaceId.eq(read.workspace().0))
        .filter(Id.ne(user.0))
        .filter(DisabledAt.is_null());
    Ok(query.into_tuple::<Uuid>().one(&read.conn()).await?.is_some())
}

/// Whether a CRM is connected.
///
/// # Errors
/// What the database said.
pub async fn has_crm(read: &Read) -> Result<bool> {
    use connection::Column::{Id, WorkspaceId};
    let query = connection::Entity::find().select_only().column(Id).filter(WorkspaceId.eq(read.workspace().0));
    Ok(query.into_tuple::<Uuid>().one(&read.conn()).await?.is_some())
}

/// The id in the first row of what a statement finds.
async fn first(read: &Read, text: &str, more: impl IntoIterator<Item = Value>) -> Result<Option<Uuid>> {
    let values = std::iter::once(read.workspace().0.into()).chain(more);
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
    row.map_or(Ok(None), |row| Ok(Some(row.try_get_by_index(0)?)))
}
