//! What keys a user chose.

use crate::entity::user_keys::{ActiveModel, Column, Entity};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use rapport_core::{Ms, UserId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::Value;

/// A user's choice; `None` when they never chose.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, user: UserId) -> Result<Option<Value>> {
    let found = Entity::find_by_id((read.workspace().0, user.0)).one(&read.conn()).await?;
    Ok(found.map(|row| row.keys))
}

/// Replaces a user's choice.
///
/// # Errors
/// What the database said.
pub async fn set(tx: &WriteTx, user: UserId, keys: Value, now: Ms) -> Result<()> {
    let row = ActiveModel {
        workspace_id: Set(tx.workspace().0),
        user_id: Set(user.0),
        keys: Set(keys),
        updated_at: Set(now.0),
    };
    let replace = OnConflict::columns([Column::WorkspaceId, Column::UserId])
        .update_columns([Column::Keys, Column::UpdatedAt])
        .to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Forgets a removed user's choice.
///
/// # Errors
/// What the database said.
pub(crate) async fn forget_user(tx: &WriteTx, user: UserId) -> Result<()> {
    Entity::delete_by_id((tx.workspace().0, user.0)).exec(tx.conn()).await?;
    Ok(())
}
