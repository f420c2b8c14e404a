//! Two contacts that may be the same person.

use sea_orm::entity::prelude::*;

/// Two contacts that may be the same person.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_pair")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The one with the smaller id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub one: Uuid,
    /// The other.
    #[sea_orm(primary_key, auto_increment = false)]
    pub other: Uuid,
    /// How likely they are one, in percent.
    pub score: i16,
    /// Why.
    #[sea_orm(column_type = "JsonBinary")]
    pub reasons: Json,
    /// `open`, or `apart` when somebody said that they are two.
    pub state: String,
    /// What kind of actor said so.
    pub actor_kind: Option<String>,
    /// Who said so.
    pub actor_id: Option<Uuid>,
    /// When it was found.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
