//! The first schema: tables, indexes, full-text search, lanes.

use super::builder;
use super::m0001_tables::TABLES;
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0001_start"
    }
}

/// The same words on both databases.
const INDEXES: &[&str] = &[
    r#"CREATE UNIQUE INDEX IF NOT EXISTS user_email ON "user" (workspace_id, email)"#,
    r#"CREATE INDEX IF NOT EXISTS user_sign_in ON "user" (email)"#,
    "CREATE UNIQUE INDEX IF NOT EXISTS session_token ON session (workspace_id, token_hash)",
    "CREATE INDEX IF NOT EXISTS session_of_user ON session (workspace_id, user_id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS api_token_token ON api_token (workspace_id, token_hash)",
    "CREATE UNIQUE INDEX IF NOT EXISTS team_name ON team (workspace_id, name)",
    "CREATE INDEX IF NOT EXISTS team_member_user ON team_member (workspace_id, user_id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS channel_number ON channel (workspace_id, kind, phone_number_id)",
    "CREATE INDEX IF NOT EXISTS channel_door ON channel (id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS template_name ON template (workspace_id, waba_id, name, language)",
    "CREATE INDEX IF NOT EXISTS template_channel ON template (workspace_id, channel_id)",
    "CREATE INDEX IF NOT EXISTS contact_updated ON contact (workspace_id, updated_at DESC, id)",
    "CREATE INDEX IF NOT EXISTS contact_phone ON contact (workspace_id, phone) WHERE phone IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS contact_email ON contact (workspace_id, email) WHERE email IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS contact_name ON contact (workspace_id, lower(name))",
    "CREATE INDEX IF NOT EXISTS identity_contact ON identity (workspace_id, contact_id)",
    "CREATE INDEX IF NOT EXISTS consent_contact ON consent (workspace_id, contact_id, at)",
    "CREATE UNIQUE INDEX IF NOT EXISTS conversation_open ON conversation (workspace_id, contact_id, channel_id) \
     WHERE status <> 'resolved'",
    "CREATE INDEX IF NOT EXISTS conversation_latest ON conversation (workspace_id, status, last_message_at DESC, id)",
    "CREATE INDEX IF NOT EXISTS conversation_assignee \
     ON conversation (workspace_id, assignee_id, status, last_message_at DESC, id)",
    "CREATE INDEX IF NOT EXISTS conversation_window ON conversation (workspace_id, status, window_expires_at)",
    "CREATE INDEX IF NOT EXISTS conversation_contact ON conversation (workspace_id, contact_id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS message_provider ON message (workspace_id, channel_id, provider_key) \
     WHERE provider_key IS NOT NULL",
    "CREATE UNIQUE INDEX IF NOT EXISTS message_client ON message (workspace_id, conversation_id, client_id) \
     WHERE client_id IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS message_thread ON message (workspace_id, conversation_id, at DESC, id DESC)",
    "CREATE INDEX IF NOT EXISTS message_contact ON message (workspace_id, contact_id, created_at)",
    "CREATE INDEX IF NOT EXISTS message_unindexed ON message (id) WHERE indexed = 0",
    "CREATE INDEX IF NOT EXISTS send_queue_due ON send_queue (portfolio_key, state, priority, run_at, message_id)",
    "CREATE INDEX IF NOT EXISTS reach_contact ON reach (workspace_id, contact_id, at)",
    "CREATE INDEX IF NOT EXISTS reach_portfolio ON reach (workspace_id, portfolio_key, at) WHERE initiated = 1",
    "CREATE INDEX IF NOT EXISTS reach_channel ON reach (workspace_id, channel_id, at)",
    "CREATE INDEX IF NOT EXISTS media_pending ON media (workspace_id, state, created_at) WHERE state = 'pending'",
    "CREATE INDEX IF NOT EXISTS media_hash ON media (workspace_id, sha256) WHERE sha256 IS NOT NULL",
    "CREATE UNIQUE INDEX IF NOT EXISTS raw_event_key ON raw_event (workspace_id, channel_id, provider_key)",
    "CREATE INDEX IF NOT EXISTS raw_event_waiting ON raw_event (workspace_id, channel_id, wait_key) WHERE state = 4",
    "CREATE INDEX IF NOT EXISTS raw_event_aside ON raw_event (workspace_id, id) WHERE state = 3",
    "CREATE INDEX IF NOT EXISTS raw_event_late ON raw_event (wait_until) WHERE state = 4",
    "CREATE UNIQUE INDEX IF NOT EXISTS job_dedupe ON job (workspace_id, queue, dedupe_key) \
     WHERE state = 'ready' AND dedupe_key IS NOT NULL",
    // One range for each priority: due jobs are found without passing by timers that are not due.
    "CREATE INDEX IF NOT EXISTS job_due ON job (queue, state, priority, run_at, id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS job_running ON job (workspace_id, queue, order_key) \
     WHERE state = 'running' AND order_key IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS job_order ON job (workspace_id, queue, order_key, id) WHERE order_key IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS job_lease ON job (locked_until) WHERE state = 'running'",
    "CREATE INDEX IF NOT EXISTS job_dead ON job (workspace_id, id) WHERE state = 'dead'",
    "CREATE INDEX IF NOT EXISTS event_log_at ON event_log (at)",
    "CREATE INDEX IF NOT EXISTS audit_log_target ON audit_log (workspace_id, target_kind, target_id, at)",
    "CREATE INDEX IF NOT EXISTS audit_log_at ON audit_log (workspace_id, at)",
    "CREATE INDEX IF NOT EXISTS idempotency_at ON idempotency (created_at)",
    "CREATE INDEX IF NOT EXISTS connection_door ON connection (id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS link_remote ON link (workspace_id, connection_id, object, remote_id)",
    "CREATE INDEX IF NOT EXISTS link_local ON link (workspace_id, local_id)",
    "CREATE INDEX IF NOT EXISTS sync_log_at ON sync_log (workspace_id, connection_id, at)",
    "CREATE INDEX IF NOT EXISTS search_doc_at ON search_doc (workspace_id, at)",
];

/// The log of what happened needs a position in the order of commits; search needs the database's own index.
const SQLITE: &[&str] = &[
    // One process has all lanes: the oldest events are the first of this index, and new ones go to its end.
    "CREATE INDEX IF NOT EXISTS raw_event_pending ON raw_event (id, lane) WHERE state = 0",
    "CREATE TABLE IF NOT EXISTS event_log (workspace_id uuid_text NOT NULL, \
     pos integer NOT NULL PRIMARY KEY AUTOINCREMENT, id uuid_text NOT NULL, at bigint NOT NULL, kind text NOT NULL, \
     conversation_id uuid_text, contact_id uuid_text, message_id uuid_text, data jsonb_text NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS event_log_order ON event_log (workspace_id, pos)",
    "CREATE TABLE IF NOT EXISTS search_doc (docid integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
     workspace_id uuid_text NOT NULL, message_id uuid_text NOT NULL, conversation_id uuid_text NOT NULL, \
     contact_id uuid_text NOT NULL, at bigint NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS search_doc_message ON search_doc (workspace_id, message_id)",
    // Terms come from our tokenizer with spaces between them, and the tokenizer `ascii` breaks only there: to it every
    // other character is a letter, where `unicode61` would break terms at marks. Only which document holds a term is
    // kept, neither its text nor the places in it.
    r#"CREATE VIRTUAL TABLE IF NOT EXISTS search_term USING fts5(terms, content='', contentless_delete=1,
       detail=none, tokenize="ascii")"#,
];

const POSTGRES: &[&str] = &[
    "CREATE INDEX IF NOT EXISTS raw_event_pending ON raw_event (lane, id) WHERE state = 0",
    "CREATE TABLE IF NOT EXISTS event_log (workspace_id uuid NOT NULL, pos bigint NOT NULL, id uuid NOT NULL, \
     at bigint NOT NULL, kind text NOT NULL, conversation_id uuid, contact_id uuid, message_id uuid, \
     data jsonb NOT NULL, PRIMARY KEY (workspace_id, pos, id))",
    "CREATE TABLE IF NOT EXISTS search_doc (workspace_id uuid NOT NULL, message_id uuid NOT NULL, \
     conversation_id uuid NOT NULL, contact_id uuid NOT NULL, at bigint NOT NULL, terms tsvector NOT NULL, \
     PRIMARY KEY (workspace_id, message_id))",
    "CREATE INDEX IF NOT EXISTS search_doc_terms ON search_doc USING gin (terms)",
    // Rows of these tables change often and briefly: room in the page and eager cleaning keep them small.
    "ALTER TABLE raw_event SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02)",
    "ALTER TABLE job SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02)",
    "ALTER TABLE send_queue SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02)",
    "ALTER TABLE conversation SET (fillfactor = 80)",
    "ALTER TABLE contact SET (fillfactor = 85)",
    "ALTER TABLE lane SET (fillfactor = 20)",
    // Message content is compressed by us already.
    "ALTER TABLE message ALTER COLUMN content SET STORAGE EXTERNAL",
    "ALTER TABLE raw_event ALTER COLUMN body SET STORAGE EXTERNAL",
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
        let own = if manager.get_database_backend() == DbBackend::Sqlite { SQLITE } else { POSTGRES };
        for statement in own.iter().chain(INDEXES) {
            connection.execute_unprepared(statement).await?;
        }
        for lane in 0..rapport_core::id::LANES {
            let insert = format!(
                "INSERT INTO lane (id, owner, epoch, lease_until) VALUES ({lane}, NULL, 0, 0) ON CONFLICT DO NOTHING"
            );
            connection.execute_unprepared(&insert).await?;
        }
        Ok(())
    }
}
