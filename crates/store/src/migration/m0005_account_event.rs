//! The account's timeline, and whom the business blocked.

use super::builder::{self, Table};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0005_account_event"
    }
}

const TABLES: &[Table] = &[
    Table {
        name: "account_event",
        columns: "workspace_id uuid, id uuid, channel_id uuid, at big, kind text, severity text, advice text, \
            summary text, detail json",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "contact_block",
        columns: "workspace_id uuid, contact_id uuid, channel_id uuid, at big, by_id uuid?",
        key: &["workspace_id", "contact_id", "channel_id"],
        narrow: true,
    },
];

/// The same words on both databases.
const INDEXES: &[&str] =
    &["CREATE INDEX IF NOT EXISTS account_event_channel ON account_event (workspace_id, channel_id, id)"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            builder::create(manager, table).await?;
        }
        for statement in INDEXES {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
