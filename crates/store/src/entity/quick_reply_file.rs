//! A file that goes with a quick reply.

use sea_orm::entity::prelude::*;

/// A file that goes with a quick reply.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quick_reply_file")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The reply.
    #[sea_orm(primary_key, auto_increment = false)]
    pub reply_id: Uuid,
    /// Which of its files, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i16,
    /// The file.
    pub media_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
