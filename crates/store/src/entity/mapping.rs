//! Which local field is which remote field.

use sea_orm::entity::prelude::*;

/// Which local field is which remote field.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mapping")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The connection.
    #[sea_orm(primary_key, auto_increment = false)]
    pub connection_id: Uuid,
    /// `contact`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub object: String,
    /// Our field.
    #[sea_orm(primary_key, auto_increment = false)]
    pub local_field: String,
    /// Their field.
    pub remote_field: String,
    /// `both`, `push` or `pull`.
    pub direction: String,
    /// Written when ours is empty.
    pub default_value: Option<String>,
    /// Whether it is used.
    pub enabled: bool,
    /// Whose value stays when both sides changed it: `newest`, `ours` or `theirs`.
    pub prefer: String,
}

impl ActiveModelBehavior for ActiveModel {}
