//! Search by time: an index that is read newest first in pieces of bounded size, people in it beside messages, and a
//! dictionary of the words. What is stored already is indexed again in the background, newest first.

use super::builder::{self, Table};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0015_search"
    }
}

const TABLES: &[Table] = &[
    // How many documents of a group stand in a stretch of time (`search::place`).
    Table {
        name: "search_slice",
        columns: "workspace_id uuid, part text, slice big, docs big",
        key: &["workspace_id", "part", "slice"],
        narrow: true,
    },
    // Bytes, so that both databases order and compare the words alike.
    Table {
        name: "search_word",
        columns: "workspace_id uuid, word bytes, times big",
        key: &["workspace_id", "word"],
        narrow: true,
    },
    // How far the messages stored before this step are indexed again: those up to `before` are still to do.
    Table {
        name: "search_fill",
        columns: "workspace_id uuid, before uuid, done big, total big",
        key: &["workspace_id"],
        narrow: true,
    },
];

const SQLITE: &[&str] = &[
    "DROP TABLE IF EXISTS search_term",
    "DROP TABLE IF EXISTS search_doc",
    // The number of a document grows with its time, so that the newest hits are the last of each list of postings.
    "CREATE TABLE search_doc (docid integer NOT NULL PRIMARY KEY, workspace_id uuid_text NOT NULL, \
     document_id uuid_text NOT NULL, conversation_id uuid_text NOT NULL, contact_id uuid_text NOT NULL, \
     at bigint NOT NULL, part text NOT NULL)",
    "CREATE UNIQUE INDEX search_doc_document ON search_doc (workspace_id, document_id)",
    // As in the first schema: our own terms, only which document holds them.
    r#"CREATE VIRTUAL TABLE search_term USING fts5(terms, content='', contentless_delete=1,
       detail=none, tokenize="ascii")"#,
    "CREATE TABLE IF NOT EXISTS search_dirty (seq integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
     workspace_id uuid_text NOT NULL, contact_id uuid_text NOT NULL)",
    "CREATE TRIGGER IF NOT EXISTS search_contact_new AFTER INSERT ON contact BEGIN \
     INSERT INTO search_dirty (workspace_id, contact_id) VALUES (new.workspace_id, new.id); END",
    "CREATE TRIGGER IF NOT EXISTS search_contact_changed \
     AFTER UPDATE OF name, phone, email, username, fields, merged_into ON contact \
     WHEN old.name IS NOT new.name OR old.phone IS NOT new.phone OR old.email IS NOT new.email \
     OR old.username IS NOT new.username OR old.fields IS NOT new.fields OR old.merged_into IS NOT new.merged_into BEGIN \
     INSERT INTO search_dirty (workspace_id, contact_id) VALUES (new.workspace_id, new.id); END",
    "CREATE TRIGGER IF NOT EXISTS search_contact_gone AFTER DELETE ON contact BEGIN \
     INSERT INTO search_dirty (workspace_id, contact_id) VALUES (old.workspace_id, old.id); END",
    "CREATE TRIGGER IF NOT EXISTS search_identity_new AFTER INSERT ON identity BEGIN \
     INSERT INTO search_dirty (workspace_id, contact_id) VALUES (new.workspace_id, new.contact_id); END",
    "CREATE TRIGGER IF NOT EXISTS search_identity_moved AFTER UPDATE OF contact_id ON identity BEGIN \
     INSERT INTO search_dirty (workspace_id, contact_id) VALUES (old.workspace_id, old.contact_id); \
     INSERT INTO search_dirty (workspace_id, contact_id) VALUES (new.workspace_id, new.contact_id); END",
    // A message of another conversation is another document: it is found within its conversation by a term of it.
    "CREATE TRIGGER IF NOT EXISTS search_message_moved AFTER UPDATE OF conversation_id ON message \
     WHEN old.conversation_id IS NOT new.conversation_id BEGIN \
     UPDATE message SET indexed = 0 WHERE workspace_id = new.workspace_id AND id = new.id; END",
];

const POSTGRES: &[&str] = &[
    "DROP TABLE IF EXISTS search_doc",
    "CREATE TABLE search_doc (workspace_id uuid NOT NULL, document_id uuid NOT NULL, conversation_id uuid NOT NULL, \
     contact_id uuid NOT NULL, at bigint NOT NULL, part text NOT NULL, terms tsvector NOT NULL, \
     PRIMARY KEY (workspace_id, document_id))",
    // What waits to be sorted into the index is read by every search: a little of it is enough.
    "CREATE INDEX search_doc_terms ON search_doc USING gin (terms) WITH (fastupdate = on, gin_pending_list_limit = 256)",
    "ALTER TABLE search_slice SET (fillfactor = 50)",
    "CREATE TABLE IF NOT EXISTS search_dirty (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
     workspace_id uuid NOT NULL, contact_id uuid NOT NULL)",
    "CREATE OR REPLACE FUNCTION search_contact_dirty() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
     IF TG_OP = 'DELETE' THEN INSERT INTO search_dirty (workspace_id, contact_id) VALUES (OLD.workspace_id, OLD.id); \
     ELSE INSERT INTO search_dirty (workspace_id, contact_id) VALUES (NEW.workspace_id, NEW.id); END IF; \
     RETURN NULL; END $$",
    "CREATE TRIGGER search_contact_new AFTER INSERT OR DELETE ON contact \
     FOR EACH ROW EXECUTE FUNCTION search_contact_dirty()",
    "CREATE TRIGGER search_contact_changed \
     AFTER UPDATE OF name, phone, email, username, fields, merged_into ON contact FOR EACH ROW \
     WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.phone IS DISTINCT FROM NEW.phone \
     OR OLD.email IS DISTINCT FROM NEW.email OR OLD.username IS DISTINCT FROM NEW.username \
     OR OLD.fields IS DISTINCT FROM NEW.fields OR OLD.merged_into IS DISTINCT FROM NEW.merged_into) \
     EXECUTE FUNCTION search_contact_dirty()",
    "CREATE OR REPLACE FUNCTION search_identity_dirty() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
     IF TG_OP = 'UPDATE' THEN \
     INSERT INTO search_dirty (workspace_id, contact_id) VALUES (OLD.workspace_id, OLD.contact_id); END IF; \
     INSERT INTO search_dirty (workspace_id, contact_id) VALUES (NEW.workspace_id, NEW.contact_id); \
     RETURN NULL; END $$",
    "CREATE TRIGGER search_identity_changed AFTER INSERT OR UPDATE OF contact_id ON identity \
     FOR EACH ROW EXECUTE FUNCTION search_identity_dirty()",
    "CREATE OR REPLACE FUNCTION search_message_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
     NEW.indexed := 0; RETURN NEW; END $$",
    "CREATE TRIGGER search_message_moved BEFORE UPDATE OF conversation_id ON message FOR EACH ROW \
     WHEN (OLD.conversation_id IS DISTINCT FROM NEW.conversation_id) EXECUTE FUNCTION search_message_moved()",
];

/// What is stored already: the messages of each workspace up to the newest, and every contact.
const WORK: &[&str] = &[
    "INSERT INTO search_fill (workspace_id, before, done, total) SELECT w.workspace_id, (SELECT m.id FROM message AS m \
     WHERE m.workspace_id = w.workspace_id ORDER BY m.id DESC LIMIT 1), 0, \
     (SELECT count(*) FROM message AS m WHERE m.workspace_id = w.workspace_id) FROM workspace AS w \
     WHERE EXISTS (SELECT 1 FROM message AS m WHERE m.workspace_id = w.workspace_id) ON CONFLICT DO NOTHING",
    "INSERT INTO search_dirty (workspace_id, contact_id) SELECT workspace_id, id FROM contact WHERE merged_into IS NULL",
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
        let connection = manager.get_connection();
        let own = if manager.get_database_backend() == sea_orm::DbBackend::Sqlite { SQLITE } else { POSTGRES };
        for statement in own.iter().chain(WORK) {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
