//! Rows that are written whole, of whichever table whose key is a workspace and an id: one way to add, change and remove
//! them.

use crate::error::{Error, Result};
use crate::scope::WriteTx;
use crate::workspace::same;
use sea_orm::{ActiveModelTrait, DbErr, EntityTrait, IntoActiveModel, PrimaryKeyTrait};
use uuid::Uuid;

/// Adds a row, which belongs to `workspace`.
///
/// # Errors
/// `Invalid` for another workspace's row, `Conflict` when something of it is taken.
pub(crate) async fn insert<E>(tx: &WriteTx, workspace: Uuid, row: E::Model) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    same(tx.workspace(), workspace)?;
    E::insert(row.into_active_model().reset_all()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes every column of a row; `noun` says what is missing when it is gone.
///
/// # Errors
/// `NotFound`; `Invalid` for another workspace's row, `Conflict` when something of it is taken.
pub(crate) async fn update<E>(tx: &WriteTx, workspace: Uuid, row: E::Model, noun: &'static str) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    same(tx.workspace(), workspace)?;
    match E::update(row.into_active_model().reset_all()).exec(tx.conn()).await {
        Ok(_) => Ok(()),
        Err(DbErr::RecordNotUpdated) => Err(Error::NotFound(noun)),
        Err(error) => Err(error.into()),
    }
}

/// Removes a row of the transaction's workspace.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn delete<E>(tx: &WriteTx, id: Uuid, noun: &'static str) -> Result<()>
where
    E: EntityTrait,
    E::PrimaryKey: PrimaryKeyTrait<ValueType = (Uuid, Uuid)>,
{
    let gone = E::delete_by_id((tx.workspace().0, id)).exec(tx.conn()).await?;
    if gone.rows_affected == 0 { Err(Error::NotFound(noun)) } else { Ok(()) }
}
