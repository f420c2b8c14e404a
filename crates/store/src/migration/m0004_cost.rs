//! What messages cost: what the provider says of each, counts of that, and the workspace's rates.

use super::builder::{self, Table};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0004_cost"
    }
}

const TABLES: &[Table] = &[
    Table {
        name: "cost_rate",
        columns: "workspace_id uuid, category text, market text, month int, micros big?, currency text?, \
            confirmed small, updated_at big",
        key: &["workspace_id", "category", "market", "month"],
        narrow: true,
    },
    Table {
        name: "cost_day",
        columns: "workspace_id uuid, day big, channel_id uuid, category text, kind text, country text, slot small, \
            count big",
        key: &["workspace_id", "day", "channel_id", "category", "kind", "country", "slot"],
        narrow: true,
    },
    Table {
        name: "cost_thread",
        columns: "workspace_id uuid, conversation_id uuid, month int, category text, kind text, count big",
        key: &["workspace_id", "conversation_id", "month", "category", "kind"],
        narrow: true,
    },
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
        for column in ["cost_category", "cost_kind"] {
            if !manager.has_column("message", column).await? {
                let add = format!("ALTER TABLE message ADD COLUMN {column} text");
                manager.get_connection().execute_unprepared(&add).await?;
            }
        }
        Ok(())
    }
}
