//! How agents work through conversations: who follows which, saved views, changes to many at once.

use super::builder::{self, Table};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0012_work"
    }
}

const TABLES: &[Table] = &[
    Table {
        name: "watch",
        columns: "workspace_id uuid, user_id uuid, conversation_id uuid, joined bool, told_at big, told_by uuid?, \
            message_id uuid?, seen_at big, created_at big",
        key: &["workspace_id", "user_id", "conversation_id"],
        narrow: true,
    },
    Table {
        name: "saved_view",
        columns: "workspace_id uuid, id uuid, owner_id uuid?, name text, scope text, team_id uuid?, filter json, \
            created_at big, updated_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "bulk",
        columns: "workspace_id uuid, id uuid, actor_kind text, actor_id uuid?, actor_name text, action json, \
            state text, total int, done int, changed int, refused int, undo_of uuid?, undone_at big?, \
            created_at big, updated_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "bulk_item",
        columns: "workspace_id uuid, bulk_id uuid, conversation_id uuid, state small, before json?",
        key: &["workspace_id", "bulk_id", "conversation_id"],
        narrow: true,
    },
];

/// The same words on both databases.
const INDEXES: &[&str] = &[
    "CREATE INDEX IF NOT EXISTS watch_conversation ON watch (workspace_id, conversation_id)",
    "CREATE INDEX IF NOT EXISTS bulk_item_waiting ON bulk_item (workspace_id, bulk_id, conversation_id) WHERE state = 0",
    // Who waits, and what nobody has looked at, are few among many: their counts and lists read only them.
    "CREATE INDEX IF NOT EXISTS conversation_waiting ON conversation (workspace_id, status, waiting_since, id) \
     WHERE waiting_since IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS conversation_unread ON conversation (workspace_id, status) WHERE unread > 0",
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
        for statement in INDEXES {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
