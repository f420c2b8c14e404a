//! The ledger of permissions, append only.

use sea_orm::entity::prelude::*;

/// The ledger of permissions, append only.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who.
    pub contact_id: Uuid,
    /// `whatsapp` or `any`.
    pub channel_kind: String,
    /// `marketing`.
    pub purpose: String,
    /// `opted_in` or `opted_out`.
    pub state: String,
    /// Where it came from.
    pub source: String,
    /// What was said or clicked.
    pub proof: String,
    /// When it was given.
    pub at: i64,
    /// Who recorded it.
    pub actor: String,
}

impl ActiveModelBehavior for ActiveModel {}
