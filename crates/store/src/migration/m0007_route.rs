//! Standby routes: the other channel a number's messages may go over, and over which each try went.

use super::builder::{self, Table};
use sea_orm::DbErr;
use sea_orm::sea_query::{Alias, Table as Build};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0007_route"
    }
}

const ROUTE: Table = Table {
    name: "channel_route",
    columns: "workspace_id uuid, channel_id uuid, standby_id uuid?, slow_ms big, every_ms big, soon_ms big, \
        active text, state json, revision big, updated_at big",
    key: &["workspace_id", "channel_id"],
    narrow: false,
};

/// The channel a queued message belongs to, while it waits to go over another; and the channel each try went over.
const COLUMNS: [(&str, &str, &str); 2] =
    [("send_queue", "home_channel_id", "home_channel_id uuid?"), ("message_attempt", "channel_id", "channel_id uuid?")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        builder::create(manager, &ROUTE).await?;
        for (table, name, column) in COLUMNS {
            if !manager.has_column(table, name).await? {
                let add = Build::alter().table(Alias::new(table)).add_column(builder::column_of(column)?).to_owned();
                manager.alter_table(add).await?;
            }
        }
        Ok(())
    }
}
