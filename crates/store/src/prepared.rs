//! What was made at a provider so that messages of one look can be sent by its id.

use crate::entity::prepared::{ActiveModel, Column, Entity};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use rapport_core::Ms;
use rapport_core::time::DAY;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

/// What was made so long ago is forgotten when something new is noted: made again, it does no harm. Milliseconds.
const KEPT_MS: i64 = 90 * DAY;

/// The provider's id of what was made for this look.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, account: &str, key: &str) -> Result<Option<String>> {
    let id = (read.workspace().0, account.to_owned(), key.to_owned());
    Ok(Entity::find_by_id(id).one(&read.conn()).await?.map(|row| row.provider_id))
}

/// Notes what was made, in place of what was made before.
///
/// # Errors
/// What the database said.
pub async fn put(tx: &WriteTx, account: &str, key: &str, provider_id: &str, now: Ms) -> Result<()> {
    Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::CreatedAt.lt(now.0 - KEPT_MS))
        .exec(tx.conn())
        .await?;
    let row = ActiveModel {
        workspace_id: Set(tx.workspace().0),
        account: Set(account.to_owned()),
        key: Set(key.to_owned()),
        provider_id: Set(provider_id.to_owned()),
        created_at: Set(now.0),
    };
    let replace = OnConflict::columns([Column::WorkspaceId, Column::Account, Column::Key])
        .update_columns([Column::ProviderId, Column::CreatedAt])
        .to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Forgets what the provider does not know any more.
///
/// # Errors
/// What the database said.
pub async fn forget(tx: &WriteTx, account: &str, provider_id: &str) -> Result<()> {
    Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Account.eq(account))
        .filter(Column::ProviderId.eq(provider_id))
        .exec(tx.conn())
        .await?;
    Ok(())
}
