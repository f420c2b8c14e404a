//! One template to many customers.

use sea_orm::entity::prelude::*;

/// One template to many customers.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The campaign.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What the team calls it.
    pub name: String,
    /// The channel it goes over.
    pub channel_id: Uuid,
    /// The template.
    pub template_id: Uuid,
    /// Its name.
    pub template_name: String,
    /// Its language, with underscore.
    pub template_language: String,
    /// Its category in lower case, as it was when it was chosen.
    pub category: String,
    /// What stands in the template's blanks for everybody: `{key: value}`.
    #[sea_orm(column_type = "JsonBinary")]
    pub given: Json,
    /// Whom it is for.
    #[sea_orm(column_type = "JsonBinary")]
    pub audience: Json,
    /// `draft`, `scheduled`, `running`, `paused`, `finished` or `cancelled`.
    pub status: String,
    /// When it begins by itself.
    pub scheduled_at: Option<i64>,
    /// How far recipients were looked for: the last contact, or the last part of the list.
    pub cursor: Option<String>,
    /// 1 once every recipient is known.
    pub planned: i16,
    /// When it began.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// Why it was paused by itself.
    pub stopped_for: Option<String>,
    /// Who made it.
    pub created_by: Option<Uuid>,
    /// When it was made.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
