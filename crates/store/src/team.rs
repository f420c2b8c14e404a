//! Teams and who belongs to them.

use crate::entity::team::{Column, Entity, Model};
use crate::entity::{team_member, user};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::whole;
use rapport_core::{TeamId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

/// Teams ordered by id (so by the moment they were made), those after `after`, at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn page(read: &Read, after: Option<Uuid>, limit: u64) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after));
    }
    Ok(query.order_by_asc(Column::Id).limit(limit).all(&read.conn()).await?)
}

/// Who belongs to these teams, as (team, user).
///
/// # Errors
/// What the database said.
pub async fn members(read: &Read, teams: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
    let rows = team_member::Entity::find()
        .filter(team_member::Column::WorkspaceId.eq(read.workspace().0))
        .filter(team_member::Column::TeamId.is_in(teams.iter().copied()))
        .order_by_asc(team_member::Column::UserId)
        .all(&read.conn())
        .await?;
    Ok(rows.into_iter().map(|row| (row.team_id, row.user_id)).collect())
}

/// The teams a user belongs to.
///
/// # Errors
/// What the database said.
pub async fn of_user(read: &Read, user: UserId) -> Result<Vec<TeamId>> {
    let rows = team_member::Entity::find()
        .filter(team_member::Column::WorkspaceId.eq(read.workspace().0))
        .filter(team_member::Column::UserId.eq(user.0))
        .all(&read.conn())
        .await?;
    Ok(rows.into_iter().map(|row| TeamId(row.team_id)).collect())
}

/// One team.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: TeamId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id.0)).one(&read.conn()).await?)
}

/// Those of these teams that there are.
///
/// # Errors
/// What the database said.
pub async fn some(read: &Read, ids: &[TeamId]) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::Id.is_in(ids.iter().map(|id| id.0)));
    Ok(query.all(&read.conn()).await?)
}

/// The ids of every team.
///
/// # Errors
/// What the database said.
pub async fn ids(read: &Read) -> Result<Vec<Uuid>> {
    let query = Entity::find().select_only().column(Column::Id).filter(Column::WorkspaceId.eq(read.workspace().0));
    Ok(query.into_tuple().all(&read.conn()).await?)
}

/// Which of these teams there are; nobody removes one of them before the transaction's end.
///
/// # Errors
/// What the database said.
pub async fn existing(tx: &WriteTx, ids: &[TeamId]) -> Result<Vec<TeamId>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
        .order_by_asc(Column::Id)
        .lock_shared();
    Ok(query.all(tx.conn()).await?.into_iter().map(|row| TeamId(row.id)).collect())
}

/// One team with its members.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: TeamId) -> Result<Option<(Model, Vec<Uuid>)>> {
    let Some(row) = Entity::find_by_id((tx.workspace().0, id.0)).lock_exclusive().one(tx.conn()).await? else {
        return Ok(None);
    };
    let members = team_member::Entity::find()
        .filter(team_member::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(team_member::Column::TeamId.eq(id.0))
        .order_by_asc(team_member::Column::UserId)
        .all(tx.conn())
        .await?;
    Ok(Some((row, members.into_iter().map(|member| member.user_id).collect())))
}

/// Adds a team without members.
///
/// # Errors
/// `Conflict` when the name is taken.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Renames a team.
///
/// # Errors
/// `NotFound`, or `Conflict` when the name is taken.
pub async fn rename(tx: &WriteTx, id: TeamId, name: &str) -> Result<()> {
    let changed = Entity::update_many()
        .col_expr(Column::Name, Expr::value(name))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.eq(id.0))
        .exec(tx.conn())
        .await?;
    if changed.rows_affected == 0 { Err(Error::NotFound("team")) } else { Ok(()) }
}

/// Makes exactly these users the team's members.
///
/// # Errors
/// `NotFound("user")` when one of them is not in this workspace.
pub async fn set_members(tx: &WriteTx, id: TeamId, users: &[Uuid]) -> Result<()> {
    let workspace = tx.workspace().0;
    let known = user::Entity::find()
        .filter(user::Column::WorkspaceId.eq(workspace))
        .filter(user::Column::Id.is_in(users.iter().copied()))
        .count(tx.conn())
        .await?;
    if known != users.len() as u64 {
        return Err(Error::NotFound("user"));
    }
    clear(tx, id).await?;
    if users.is_empty() {
        return Ok(());
    }
    let rows = users.iter().map(|user| {
        team_member::Model { workspace_id: workspace, team_id: id.0, user_id: *user }.into_active_model().reset_all()
    });
    team_member::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Removes a team and its memberships.
///
/// # Errors
/// `NotFound`.
pub async fn delete(tx: &WriteTx, id: TeamId) -> Result<()> {
    clear(tx, id).await?;
    crate::routing::drop_place(tx, id.0).await?;
    whole::delete::<Entity>(tx, id.0, "team").await
}

async fn clear(tx: &WriteTx, id: TeamId) -> Result<()> {
    team_member::Entity::delete_many()
        .filter(team_member::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(team_member::Column::TeamId.eq(id.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}
