//! Saved views of the inbox.

use crate::entity::saved_view::{Column, Entity, Model};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::whole;
use rapport_core::UserId;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use crate::entity::saved_view::Model as SavedViewRow;

/// Who sees a view, as stored.
pub mod scope {
    /// Its owner.
    pub const PRIVATE: &str = "private";
    /// A team.
    pub const TEAM: &str = "team";
    /// Everybody.
    pub const ALL: &str = "all";
}

/// The views that a user (none: a program) sees, in the order they were made.
///
/// # Errors
/// What the database said.
pub async fn visible(read: &Read, user: Option<UserId>, teams: &[Uuid]) -> Result<Vec<Model>> {
    let mut seen = Condition::any().add(Column::Scope.eq(scope::ALL));
    if let Some(user) = user {
        seen = seen.add(Column::OwnerId.eq(user.0));
        let of_team = Condition::all().add(Column::Scope.eq(scope::TEAM)).add(Column::TeamId.is_in(teams.to_vec()));
        seen = seen.add(of_team);
    }
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(seen)
        .order_by_asc(Column::Id)
        .limit(500);
    Ok(query.all(&read.conn()).await?)
}

/// How many views there are that a user made.
///
/// # Errors
/// What the database said.
pub async fn count_of(tx: &WriteTx, owner: Option<Uuid>) -> Result<u64> {
    let of = owner.map_or_else(|| Column::OwnerId.is_null(), |owner| Column::OwnerId.eq(owner));
    Ok(Entity::find().filter(Column::WorkspaceId.eq(tx.workspace().0)).filter(of).count(tx.conn()).await?)
}

/// One view; nobody else changes it before the transaction's end.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((tx.workspace().0, id)).lock_exclusive().one(tx.conn()).await?)
}

/// Adds a view.
///
/// # Errors
/// What the database said.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Writes every column of a view.
///
/// # Errors
/// `NotFound`.
pub async fn update(tx: &WriteTx, row: Model) -> Result<()> {
    whole::update::<Entity>(tx, row.workspace_id, row, "view").await
}

/// Removes a view.
///
/// # Errors
/// `NotFound`.
pub async fn delete(tx: &WriteTx, id: Uuid) -> Result<()> {
    whole::delete::<Entity>(tx, id, "view").await
}

/// A user is removed: nobody sees their private views any more.
pub(crate) async fn forget_user(tx: &WriteTx, user: UserId) -> Result<()> {
    Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::OwnerId.eq(user.0))
        .filter(Column::Scope.eq(scope::PRIVATE))
        .exec(tx.conn())
        .await?;
    Ok(())
}
