//! The tables of the first schema, in the notation of [`super::builder`].

use super::builder::Table;

pub(super) const TABLES: &[Table] = &[
    Table {
        name: "workspace",
        columns: "workspace_id uuid, name text, default_country text, timezone text, locale text, settings json, \
            created_at big",
        key: &["workspace_id"],
        narrow: false,
    },
    Table {
        name: "user",
        columns: "workspace_id uuid, id uuid, email text, name text, password_hash text, role text, locale text, \
            theme text, density text, presence text, disabled_at big?, failed_logins int, locked_until big?, \
            created_at big, updated_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "session",
        columns: "workspace_id uuid, id uuid, token_hash bytes, user_id uuid, created_at big, last_seen_at big, \
            expires_at big, user_agent text",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "api_token",
        columns: "workspace_id uuid, id uuid, token_hash bytes, name text, role text, scopes json, expires_at big?, \
            last_used_at big?, created_by uuid?, created_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "team",
        columns: "workspace_id uuid, id uuid, name text, created_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "team_member",
        columns: "workspace_id uuid, team_id uuid, user_id uuid",
        key: &["workspace_id", "team_id", "user_id"],
        narrow: true,
    },
    Table {
        name: "channel",
        columns: "workspace_id uuid, id uuid, kind text, name text, phone_number_id text, waba_id text, \
            portfolio_key text, display_phone text, base_url text, secret bytes, status text, \
            status_reason text?, quality text, tier_limit big?, throughput int, daily_limit big?, \
            last_event_at big?, last_error text?, token_set_at big, settings json, created_at big, \
            updated_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "template",
        columns: "workspace_id uuid, id uuid, channel_id uuid, waba_id text, provider_id text, name text, \
            language text, category text, status text, quality text, parameter_format text, components json, \
            updated_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "contact",
        columns: "workspace_id uuid, id uuid, lane small, name text, phone text?, email text?, username text?, \
            language text?, country text?, timezone text?, lifecycle text, source json?, owner_id uuid?, \
            fields json, field_stamps json, marketing_consent text, first_inbound_at big?, \
            last_inbound_at big?, merged_into uuid?, version int, created_at big, updated_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "identity",
        columns: "workspace_id uuid, kind text, value text, contact_id uuid, created_at big, retired_at big?",
        key: &["workspace_id", "kind", "value"],
        narrow: true,
    },
    Table {
        name: "consent",
        columns: "workspace_id uuid, id uuid, contact_id uuid, channel_kind text, purpose text, state text, \
            source text, proof text, at big, actor text",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "conversation",
        columns: "workspace_id uuid, id uuid, contact_id uuid, channel_id uuid, lane small, status text, \
            priority text, assignee_id uuid?, team_id uuid?, snoozed_until big?, unread int, \
            last_message_at big, last_message_id uuid?, last_direction text?, last_kind text?, \
            last_preview text?, last_status text?, last_inbound_at big?, last_inbound_provider_id text?, \
            window_expires_at big?, waiting_since big?, first_response_at big?, resolved_at big?, \
            free_entry_until big?, created_at big, updated_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "message",
        columns: "workspace_id uuid, id uuid, conversation_id uuid, contact_id uuid, channel_id uuid, \
            direction text, kind text, at big, created_at big, author_kind text, author_id uuid?, \
            author_name text?, provider_id text?, provider_key bytes?, client_id text?, content bytes, \
            preview text, status text, status_at big?, sent_at big?, delivered_at big?, read_at big?, \
            failed_at big?, error json?, verdict json?, reply_to_provider_id text?, reply_to_id uuid?, \
            reactions json?, edited_at big?, revoked_at big?, media_id uuid?, indexed small",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "message_attempt",
        columns: "workspace_id uuid, message_id uuid, n int, started_at big, finished_at big?, outcome text, \
            code big?, detail text?, provider_id text?",
        key: &["workspace_id", "message_id", "n"],
        narrow: true,
    },
    Table {
        name: "send_queue",
        columns: "workspace_id uuid, message_id uuid, channel_id uuid, contact_id uuid, portfolio_key text, \
            priority small, state text, run_at big, attempts int, epoch big, started_at big?, \
            last_error text?, created_at big",
        key: &["workspace_id", "message_id"],
        narrow: false,
    },
    Table {
        name: "reach",
        columns: "workspace_id uuid, message_id uuid, channel_id uuid, contact_id uuid, portfolio_key text, at big, \
            template small, promotion small, initiated small, content_hash bytes?, event_key text?",
        key: &["workspace_id", "message_id"],
        narrow: true,
    },
    Table {
        name: "media",
        columns: "workspace_id uuid, id uuid, sha256 text?, mime text, size big, filename text?, kind text, \
            state text, provider_media_id text?, channel_id uuid?, message_id uuid?, attempts int, \
            error text?, expires_at big?, created_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "raw_event",
        columns: "workspace_id uuid, id uuid, channel_id uuid, provider_key bytes, lane small, kind small, \
            received_at big, state small, outcome text?, attempts small, wait_key bytes?, wait_until big?, \
            body bytes, error text?",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "counter",
        columns: "workspace_id uuid, channel_id uuid, name text, day big, node uuid, value big",
        key: &["workspace_id", "channel_id", "name", "day", "node"],
        narrow: true,
    },
    Table {
        name: "job",
        columns: "workspace_id uuid, id uuid, queue text, kind text, payload json, priority small, run_at big, \
            attempts int, max_attempts int, state text, locked_until big?, locked_by uuid?, dedupe_key text?, \
            order_key text?, last_error text?, created_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "audit_log",
        columns: "workspace_id uuid, id uuid, at big, actor_kind text, actor_id uuid?, action text, \
            target_kind text, target_id text, before json?, after json?, source text",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "idempotency",
        columns: "workspace_id uuid, key text, scope text, request_hash bytes, status small, body bytes, \
            created_at big",
        key: &["workspace_id", "key", "scope"],
        narrow: false,
    },
    Table {
        name: "connection",
        columns: "workspace_id uuid, id uuid, kind text, name text, base_url text, secret bytes, status text, \
            status_reason text?, settings json, cursor json, stats json, created_at big, updated_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table {
        name: "mapping",
        columns: "workspace_id uuid, connection_id uuid, object text, local_field text, remote_field text, \
            direction text, default_value text?, enabled bool",
        key: &["workspace_id", "connection_id", "object", "local_field"],
        narrow: true,
    },
    Table {
        name: "link",
        columns: "workspace_id uuid, connection_id uuid, object text, local_id uuid, remote_id text, \
            pushed_hash bytes?, pulled_hash bytes?, remote_stamp text?, snapshot json, state text, \
            error text?, pushed_at big?, pulled_at big?, deleted_at big?",
        key: &["workspace_id", "connection_id", "object", "local_id"],
        narrow: false,
    },
    Table {
        name: "sync_log",
        columns: "workspace_id uuid, id uuid, connection_id uuid, object text, local_id uuid?, remote_id text?, \
            direction text, outcome text, fields json, error text?, at big, latency_ms big?",
        key: &["workspace_id", "id"],
        narrow: false,
    },
    Table { name: "lane", columns: "id small, owner uuid?, epoch big, lease_until big", key: &["id"], narrow: true },
    Table {
        name: "send_lane",
        columns: "portfolio_key text, owner uuid?, epoch big, lease_until big",
        key: &["portfolio_key"],
        narrow: true,
    },
    Table {
        name: "node",
        columns: "id uuid, name text, started_at big, seen_at big, version text",
        key: &["id"],
        narrow: true,
    },
    Table { name: "setting", columns: "key text, value json", key: &["key"], narrow: true },
];
