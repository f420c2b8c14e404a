//! A member of the team who signs in.

use sea_orm::entity::prelude::*;

/// A member of the team who signs in.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "user")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Lower-case e-mail address, unique in the workspace.
    pub email: String,
    /// Name shown to colleagues.
    pub name: String,
    /// Argon2 PHC string; empty when the account has no password.
    pub password_hash: String,
    /// `owner`, `admin`, `supervisor`, `agent` or `viewer`.
    pub role: String,
    /// BCP 47 locale of the screen.
    pub locale: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// `comfortable` or `compact`.
    pub density: String,
    /// `online`, `away` or `offline`.
    pub presence: String,
    /// When sign-in was closed.
    pub disabled_at: Option<i64>,
    /// Wrong passwords since the last right one.
    pub failed_logins: i32,
    /// Sign-in is refused until then.
    pub locked_until: Option<i64>,
    /// When they put the first-run guide away.
    pub guide_hidden_at: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
