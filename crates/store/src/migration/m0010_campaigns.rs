//! Campaigns: what is sent to whom, each recipient once, and the list that a campaign was given.

use super::builder::{self, Table};
use sea_orm::sea_query::{Alias, Table as Build};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0010_campaigns"
    }
}

const TABLES: &[Table] = &[
    Table {
        name: "campaign",
        columns: "workspace_id uuid, id uuid, name text, channel_id uuid, template_id uuid, template_name text, \
            template_language text, category text, given json, audience json, status text, scheduled_at big?, \
            cursor text?, planned small, started_at big?, finished_at big?, stopped_for text?, created_by uuid?, \
            created_at big, updated_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "campaign_recipient",
        columns: "workspace_id uuid, campaign_id uuid, contact_id uuid, lane small, state text, reason text?, \
            detail text?, message_id uuid?, updated_at big",
        key: &["workspace_id", "campaign_id", "contact_id"],
        narrow: false,
    },
    Table {
        name: "campaign_list",
        columns: "workspace_id uuid, campaign_id uuid, part int, entries json",
        key: &["workspace_id", "campaign_id", "part"],
        narrow: false,
    },
];

/// The same words on both databases.
const INDEXES: &[&str] = &[
    "CREATE INDEX IF NOT EXISTS campaign_live ON campaign (status, scheduled_at) \
     WHERE status IN ('running', 'scheduled')",
    // A portion is taken from few lanes, so that few customers' lanes are held while it is written.
    "CREATE INDEX IF NOT EXISTS campaign_recipient_state \
     ON campaign_recipient (workspace_id, campaign_id, state, lane, contact_id)",
    "CREATE INDEX IF NOT EXISTS send_queue_campaign ON send_queue (workspace_id, campaign_id, run_at) \
     WHERE campaign_id IS NOT NULL",
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
        if !manager.has_column("send_queue", "campaign_id").await? {
            let column = builder::column_of("campaign_id uuid?")?;
            let add = Build::alter().table(Alias::new("send_queue")).add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        for statement in INDEXES {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
