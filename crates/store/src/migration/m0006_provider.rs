//! A number may be reached through somebody else than Meta.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0006_provider"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The same words on both databases. Whatever is connected was connected through Meta.
        let add = "ALTER TABLE channel ADD COLUMN provider text NOT NULL DEFAULT 'meta'";
        manager.get_connection().execute_unprepared(add).await.map(drop)
    }
}
