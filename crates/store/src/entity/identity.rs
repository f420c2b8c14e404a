//! A name a provider or system knows a contact by.

use sea_orm::entity::prelude::*;

/// A name a provider or system knows a contact by.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "identity")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// `wa_id`, `bsuid`, `parent_bsuid`, `phone` or `email`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// The identity itself.
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: String,
    /// Whose it is.
    pub contact_id: Uuid,
    /// When it was first seen.
    pub created_at: i64,
    /// When it became the one that the contact writes from; `None` = as long as it is known.
    pub heard_at: Option<i64>,
    /// When the provider said it is no longer theirs.
    pub retired_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
