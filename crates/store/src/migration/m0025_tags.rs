//! Tags become things of their own. What contacts had in their field `tags` is carried over and leaves the field.

use super::builder::{self, Table};
use crate::batch::{self, Col, Kind, Rows, col};
use crate::store::Backend;
use crate::{ids, sql};
use rapport_core::contact::{tag_color, tag_key, tag_name, tags};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};
use serde_json::Value as Json;
use std::collections::HashMap;
use uuid::Uuid;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0025_tags"
    }
}

const TABLES: &[Table] = &[
    Table {
        name: "tag",
        columns: "workspace_id uuid, id uuid, name text, name_key text, color small, description text?, archived_at big?, \
            merged_into uuid?, created_at big, updated_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "contact_tag",
        columns: "workspace_id uuid, contact_id uuid, tag_id uuid, at big",
        key: &["workspace_id", "contact_id", "tag_id"],
        narrow: true,
    },
];

const INDEXES: &[&str] = &[
    "CREATE UNIQUE INDEX IF NOT EXISTS tag_name ON tag (workspace_id, name_key) WHERE merged_into IS NULL",
    "CREATE INDEX IF NOT EXISTS tag_former ON tag (workspace_id, name_key) WHERE merged_into IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS contact_tag_tag ON contact_tag (workspace_id, tag_id, contact_id)",
];

// People are found by their tags: whatever changes these is noted for the indexer, as other changes are.
const SQLITE: &[&str] = &[
    "CREATE TRIGGER IF NOT EXISTS search_tag_new AFTER INSERT ON contact_tag BEGIN \
     INSERT INTO search_dirty (workspace_id, contact_id) VALUES (new.workspace_id, new.contact_id); END",
    "CREATE TRIGGER IF NOT EXISTS search_tag_gone AFTER DELETE ON contact_tag BEGIN \
     INSERT INTO search_dirty (workspace_id, contact_id) VALUES (old.workspace_id, old.contact_id); END",
    "CREATE TRIGGER IF NOT EXISTS search_tag_named AFTER UPDATE OF name ON tag WHEN old.name IS NOT new.name BEGIN \
     INSERT INTO search_dirty (workspace_id, contact_id) SELECT t.workspace_id, t.contact_id FROM contact_tag AS t \
     WHERE t.workspace_id = new.workspace_id AND t.tag_id = new.id; END",
];

const POSTGRES: &[&str] = &[
    "CREATE OR REPLACE FUNCTION search_tag_dirty() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
     IF TG_OP = 'DELETE' THEN \
     INSERT INTO search_dirty (workspace_id, contact_id) VALUES (OLD.workspace_id, OLD.contact_id); \
     ELSE INSERT INTO search_dirty (workspace_id, contact_id) VALUES (NEW.workspace_id, NEW.contact_id); END IF; \
     RETURN NULL; END $$",
    "DROP TRIGGER IF EXISTS search_tag_changed ON contact_tag",
    "CREATE TRIGGER search_tag_changed AFTER INSERT OR DELETE ON contact_tag FOR EACH ROW \
     EXECUTE FUNCTION search_tag_dirty()",
    "CREATE OR REPLACE FUNCTION search_tag_named() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
     INSERT INTO search_dirty (workspace_id, contact_id) SELECT t.workspace_id, t.contact_id FROM contact_tag AS t \
     WHERE t.workspace_id = NEW.workspace_id AND t.tag_id = NEW.id; RETURN NULL; END $$",
    "DROP TRIGGER IF EXISTS search_tag_named ON tag",
    "CREATE TRIGGER search_tag_named AFTER UPDATE OF name ON tag FOR EACH ROW \
     WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION search_tag_named()",
];

/// Contacts carried over in one piece.
const PIECE: i64 = 1_000;
const TAG: &[Col] = &[
    col("workspace_id", Kind::Uuid),
    col("id", Kind::Uuid),
    col("name", Kind::Text),
    col("name_key", Kind::Text),
    col("color", Kind::Small),
    col("created_at", Kind::Big),
    col("updated_at", Kind::Big),
];
const CARRIED: &[Col] =
    &[col("workspace_id", Kind::Uuid), col("contact_id", Kind::Uuid), col("tag_id", Kind::Uuid), col("at", Kind::Big)];
const FIELDS: &[Col] = &[col("workspace_id", Kind::Uuid), col("id", Kind::Uuid), col("fields", Kind::Json)];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            builder::create(manager, table).await?;
        }
        let connection = manager.get_connection();
        let backend = match manager.get_database_backend() {
            sea_orm::DbBackend::Sqlite => Backend::Sqlite,
            _ => Backend::Postgres,
        };
        let own = if backend == Backend::Sqlite { SQLITE } else { POSTGRES };
        for statement in INDEXES.iter().chain(own) {
            connection.execute_unprepared(statement).await?;
        }
        carry_over(connection, backend).await.map_err(|error| DbErr::Migration(error.to_string()))
    }
}

/// Contacts in the order of their keys, piece by piece. One that is written differently in two places is one tag, called
/// as it was met first.
async fn carry_over<C: ConnectionTrait>(connection: &C, backend: Backend) -> crate::error::Result<()> {
    let text = "SELECT workspace_id, id, fields, updated_at FROM contact WHERE (workspace_id, id) > ($1, $2) \
                AND CAST(fields AS text) LIKE '%\"tags\"%' ORDER BY workspace_id, id LIMIT $3";
    let mut known: HashMap<(Uuid, String), Uuid> = HashMap::new();
    let mut after = (Uuid::nil(), Uuid::nil());
    loop {
        let values = [after.0.into(), after.1.into(), PIECE.into()];
        let found = connection.query_all_raw(sql::with(backend, text, values)).await?;
        let (mut made, mut carried, mut left) = (Rows::new(TAG), Rows::new(CARRIED), Rows::new(FIELDS));
        for row in &found {
            let (workspace, contact): (Uuid, Uuid) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let (mut fields, at): (Json, i64) = (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
            after = (workspace, contact);
            // Anything else was never read as tags.
            if !(fields["tags"].is_array() || fields["tags"].is_string()) {
                continue;
            }
            for name in tags(&fields).iter().filter_map(|word| tag_name(word)) {
                let key = tag_key(&name);
                let color = tag_color(&key);
                let id = *known.entry((workspace, key.clone())).or_insert_with(|| {
                    let id = ids::random_id();
                    made.push([
                        workspace.into(),
                        id.into(),
                        name.into(),
                        key.into(),
                        color.into(),
                        at.into(),
                        at.into(),
                    ]);
                    id
                });
                carried.push([workspace.into(), contact.into(), id.into(), at.into()]);
            }
            if let Some(fields) = fields.as_object_mut() {
                fields.remove("tags");
            }
            left.push([workspace.into(), contact.into(), fields.into()]);
        }
        batch::insert(connection, backend, "tag", "", made).await?;
        batch::insert(connection, backend, "contact_tag", "ON CONFLICT DO NOTHING", carried).await?;
        let text = "UPDATE contact SET fields = v.column3 FROM {rows} \
                    WHERE contact.workspace_id = v.column1 AND contact.id = v.column2";
        batch::execute(connection, backend, text, &[], left).await?;
        if found.len() < usize::try_from(PIECE).unwrap_or(usize::MAX) {
            return Ok(());
        }
    }
}
