//! Answers kept ready, messages planned for later or changed before they go, and everybody's own keys.

use super::builder::{self, Table};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0014_quick_replies"
    }
}

const TABLES: &[Table] = &[
    Table {
        name: "quick_reply",
        columns: "workspace_id uuid, id uuid, shortcut text, title text, bodies json, audience text, owner_id uuid?, \
            created_by uuid?, created_at big, updated_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "quick_reply_use",
        columns: "workspace_id uuid, reply_id uuid, user_id uuid, uses big, last_at big",
        key: &["workspace_id", "reply_id", "user_id"],
        narrow: true,
    },
    Table {
        name: "user_keys",
        columns: "workspace_id uuid, user_id uuid, keys json, updated_at big",
        key: &["workspace_id", "user_id"],
        narrow: false,
    },
];

/// Columns of the send queue: how often the message was changed while it waited, the moment it was planned for, and since
/// when a message of the customer cancels it.
const COLUMNS: &[(&str, &str)] = &[
    ("revision", "revision integer NOT NULL DEFAULT 0"),
    ("planned_at", "planned_at bigint"),
    ("heed_since", "heed_since bigint"),
];

const INDEXES: &[&str] =
    &["CREATE UNIQUE INDEX IF NOT EXISTS quick_reply_shortcut ON quick_reply (workspace_id, shortcut)"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            builder::create(manager, table).await?;
        }
        for (name, column) in COLUMNS {
            if !manager.has_column("send_queue", *name).await? {
                let add = format!("ALTER TABLE send_queue ADD COLUMN {column}");
                manager.get_connection().execute_unprepared(&add).await?;
            }
        }
        for statement in INDEXES {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
