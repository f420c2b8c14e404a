//! Search keeps up with when customers were last heard, and a merge finds the resolutions of a contact.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0016_heard"
    }
}

/// The same words on both databases.
const BOTH: &[&str] = &[
    "CREATE INDEX IF NOT EXISTS closing_contact ON closing (workspace_id, contact_id)",
    // Contacts that wrote since they were indexed. From the contacts to the index, which is far larger, never the other way.
    "INSERT INTO search_dirty (workspace_id, contact_id) SELECT c.workspace_id, c.id FROM contact AS c \
     CROSS JOIN search_doc AS d WHERE d.workspace_id = c.workspace_id AND d.document_id = c.id \
     AND c.last_inbound_at / 86400000 > d.at / 86400000",
];

// The first message of each day: enough for the order in which people are found, and rare among messages.
const SQLITE: &[&str] =
    &["CREATE TRIGGER IF NOT EXISTS search_contact_heard AFTER UPDATE OF last_inbound_at ON contact \
     WHEN new.last_inbound_at / 86400000 IS NOT old.last_inbound_at / 86400000 BEGIN \
     INSERT INTO search_dirty (workspace_id, contact_id) VALUES (new.workspace_id, new.id); END"];

const POSTGRES: &[&str] = &[
    "DROP TRIGGER IF EXISTS search_contact_heard ON contact",
    "CREATE TRIGGER search_contact_heard AFTER UPDATE OF last_inbound_at ON contact FOR EACH ROW \
     WHEN (NEW.last_inbound_at / 86400000 IS DISTINCT FROM OLD.last_inbound_at / 86400000) \
     EXECUTE FUNCTION search_contact_dirty()",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let own = if manager.get_database_backend() == sea_orm::DbBackend::Sqlite { SQLITE } else { POSTGRES };
        for statement in own.iter().chain(BOTH) {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
