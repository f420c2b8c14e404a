//! What stands beside a contact: the ids that lead to it, its window, and how it stands with each CRM.

use crate::entity::{connection, conversation, identity, link};
use crate::error::Result;
use crate::scope::Read;
use rapport_core::ContactId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value as Json;
use std::collections::HashMap;
use uuid::Uuid;

pub use crate::entity::contact::Model as ContactRow;
pub use crate::entity::tag::Model as TagRow;

/// What stands beside a contact.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Beside {
    /// Ids that lead to the contact, as (kind, value), oldest first.
    pub identities: Vec<(String, String)>,
    /// The latest end of a service window on any channel, ms.
    pub window_expires_at: Option<i64>,
    /// Numbers on which the business blocked it.
    pub blocked_on: Vec<Uuid>,
    /// The tags it carries, by name.
    pub tags: Vec<TagRow>,
    /// How it stands with each connection.
    pub links: Vec<Linked>,
}

/// A contact's counterpart in a CRM.
#[derive(Debug, Clone, PartialEq)]
pub struct Linked {
    /// The connection.
    pub connection_id: Uuid,
    /// Its name.
    pub connection_name: String,
    /// Its choices.
    pub connection_settings: Json,
    /// The link itself.
    pub link: link::Model,
}

/// One contact; one that was merged away is not found.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: ContactId) -> Result<Option<ContactRow>> {
    let found = crate::entity::contact::Entity::find_by_id((read.workspace().0, id.0)).one(&read.conn()).await?;
    let mut found = found.filter(|row| row.merged_into.is_none());
    crate::tag::dress(&read.conn(), read.workspace().0, &mut found).await?;
    Ok(found)
}

/// How often a contact that was merged may have been merged again.
const HOPS: usize = 8;

/// One contact; where it was merged away, the one that was kept.
///
/// # Errors
/// What the database said.
pub async fn kept(read: &Read, mut id: ContactId) -> Result<Option<ContactRow>> {
    for _ in 0..HOPS {
        let mut row = crate::entity::contact::Entity::find_by_id((read.workspace().0, id.0)).one(&read.conn()).await?;
        let Some(into) = row.as_ref().and_then(|row| row.merged_into) else {
            crate::tag::dress(&read.conn(), read.workspace().0, &mut row).await?;
            return Ok(row);
        };
        id = ContactId(into);
    }
    Ok(None)
}

/// What stands beside each of these contacts. Seven statements.
///
/// # Errors
/// What the database said.
pub async fn beside(read: &Read, ids: &[ContactId]) -> Result<HashMap<Uuid, Beside>> {
    let mut found: HashMap<Uuid, Beside> = ids.iter().map(|id| (id.0, Beside::default())).collect();
    if ids.is_empty() {
        return Ok(found);
    }
    let workspace = read.workspace().0;
    let wanted = || ids.iter().map(|id| id.0);
    let identities = identity::Entity::find()
        .filter(identity::Column::WorkspaceId.eq(workspace))
        .filter(identity::Column::ContactId.is_in(wanted()))
        .filter(identity::Column::RetiredAt.is_null())
        .order_by_asc(identity::Column::CreatedAt)
        .order_by_asc(identity::Column::Kind)
        .all(&read.conn())
        .await?;
    for row in identities {
        found.entry(row.contact_id).or_default().identities.push((row.kind, row.value));
    }
    let windows: Vec<(Uuid, Option<i64>)> = conversation::Entity::find()
        .select_only()
        .column(conversation::Column::ContactId)
        .column_as(conversation::Column::WindowExpiresAt.max(), "ends")
        .filter(conversation::Column::WorkspaceId.eq(workspace))
        .filter(conversation::Column::ContactId.is_in(wanted()))
        .group_by(conversation::Column::ContactId)
        .into_tuple()
        .all(&read.conn())
        .await?;
    for (contact, ends) in windows {
        found.entry(contact).or_default().window_expires_at = ends;
    }
    for block in crate::block::of_contacts(read, &wanted().collect::<Vec<_>>()).await? {
        found.entry(block.contact_id).or_default().blocked_on.push(block.channel_id);
    }
    for (contact, tags) in crate::tag::of_contacts(read, &wanted().collect::<Vec<_>>()).await? {
        found.entry(contact).or_default().tags = tags;
    }
    for linked in links(read, ids).await? {
        found.entry(linked.link.local_id).or_default().links.push(linked);
    }
    Ok(found)
}

async fn links(read: &Read, ids: &[ContactId]) -> Result<Vec<Linked>> {
    let links = link::Entity::find()
        .filter(link::Column::WorkspaceId.eq(read.workspace().0))
        .filter(link::Column::LocalId.is_in(ids.iter().map(|id| id.0)))
        .filter(link::Column::Object.eq("contact"))
        .order_by_asc(link::Column::ConnectionId)
        .all(&read.conn())
        .await?;
    if links.is_empty() {
        return Ok(Vec::new());
    }
    let connections: HashMap<Uuid, connection::Model> =
        crate::connection::list(read).await?.into_iter().map(|row| (row.id, row)).collect();
    let linked = |link: link::Model| {
        let connection = connections.get(&link.connection_id)?;
        Some(Linked {
            connection_id: connection.id,
            connection_name: connection.name.clone(),
            connection_settings: connection.settings.clone(),
            link,
        })
    };
    Ok(links.into_iter().filter_map(linked).collect())
}
