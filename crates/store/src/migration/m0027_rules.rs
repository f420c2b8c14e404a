//! Rules, their versions, and their runs.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0027_rules",
    tables: &[
        Table {
            name: "rule",
            columns: "workspace_id uuid, id uuid, name text, enabled bool, version int, revision int, definition json, \
                created_at big, updated_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "rule_version",
            columns: "workspace_id uuid, rule_id uuid, version int, definition json, actor_kind text, actor_id uuid?, \
                actor_name text, at big",
            key: &["workspace_id", "rule_id", "version"],
            narrow: false,
        },
        Table {
            name: "rule_run",
            columns: "workspace_id uuid, id uuid, rule_id uuid, rule_version int, rule_name text, contact_id uuid, \
                conversation_id uuid?, event_key text, event json, state text, reason text?, depth int, checks json, \
                conditions json, steps json, wait_path text?, due_at big?, began_at big, ended_at big?, updated_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
    ],
    columns: &[],
    indexes: &[
        "CREATE UNIQUE INDEX IF NOT EXISTS rule_run_once ON rule_run (workspace_id, rule_id, event_key)",
        "CREATE INDEX IF NOT EXISTS rule_run_event ON rule_run (workspace_id, contact_id, event_key)",
        "CREATE INDEX IF NOT EXISTS rule_run_contact ON rule_run (workspace_id, contact_id, id)",
        "CREATE INDEX IF NOT EXISTS rule_run_rule ON rule_run (workspace_id, rule_id, id)",
        "CREATE INDEX IF NOT EXISTS rule_run_begun ON rule_run (workspace_id, rule_id, id) WHERE state <> 'skipped'",
        "CREATE INDEX IF NOT EXISTS rule_run_ended ON rule_run (workspace_id, ended_at)",
    ],
};
