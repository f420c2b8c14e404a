//! Messages say which event they tell of; routes hear what other nodes see of their standby.

use super::builder;
use sea_orm::DbErr;
use sea_orm::sea_query::{Alias, Table as Build};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0011_event_key"
    }
}

const COLUMNS: [(&str, &str, &str); 2] =
    [("message", "event_key", "event_key text?"), ("channel_route", "heard", "heard json?")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name, column) in COLUMNS {
            if !manager.has_column(table, name).await? {
                let add = Build::alter().table(Alias::new(table)).add_column(builder::column_of(column)?).to_owned();
                manager.alter_table(add).await?;
            }
        }
        Ok(())
    }
}
