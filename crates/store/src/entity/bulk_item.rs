//! One conversation of a change to many.

use sea_orm::entity::prelude::*;

/// One conversation of a change to many.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_item")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The change.
    #[sea_orm(primary_key, auto_increment = false)]
    pub bulk_id: Uuid,
    /// The conversation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: Uuid,
    /// 0 waits, 1 changed, 2 was like that already, 3 could not be changed.
    pub state: i16,
    /// What it was before, for taking it back.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub before: Option<Json>,
}

impl ActiveModelBehavior for ActiveModel {}
