//! How long files are kept, what fills a template's blanks, how long its messages are tried, and where it is used.

use super::builder::{self, Table};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0008_retention"
    }
}

const TABLES: &[Table] = &[Table {
    name: "template_use",
    columns: "workspace_id uuid, message_id uuid, waba_id text, name text, language text, at big",
    key: &["workspace_id", "message_id"],
    narrow: false,
}];

/// Table, column, and its type: for JSON the one that the first tables have too, on each database.
const COLUMNS: &[(&str, &str, &str, &str)] = &[
    ("media", "used_at", "bigint", "bigint"),
    ("media", "kept_days", "integer", "integer"),
    ("template", "ttl_seconds", "bigint", "bigint"),
    ("template", "fillings", "jsonb_text", "jsonb"),
];

/// The same words on both databases.
const INDEXES: &[&str] = &[
    "CREATE INDEX IF NOT EXISTS template_use_name ON template_use (workspace_id, at, waba_id, name, language)",
    "CREATE INDEX IF NOT EXISTS media_age ON media (workspace_id, state, created_at)",
    // The same bytes may belong to files of several workspaces.
    "CREATE INDEX IF NOT EXISTS media_content ON media (sha256)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            builder::create(manager, table).await?;
        }
        let sqlite = manager.get_database_backend() == sea_orm::DbBackend::Sqlite;
        for (table, column, embedded, server) in COLUMNS {
            if !manager.has_column(*table, *column).await? {
                let kind = if sqlite { embedded } else { server };
                let add = format!("ALTER TABLE {table} ADD COLUMN {column} {kind}");
                manager.get_connection().execute_unprepared(&add).await?;
            }
        }
        for statement in INDEXES {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
