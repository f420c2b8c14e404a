//! Differences between our contacts and their records that wait for a person, and what people chose for good.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0031_conflicts",
    tables: &[Table {
        name: "sync_conflict",
        columns: "workspace_id uuid, id uuid, connection_id uuid, contact_id uuid, remote_id text, field text, \
            remote_field text, ours json?, theirs json?, base json?, ours_at big?, theirs_at big?, winner text, \
            won_by text, times int, state text, choice text?, actor_kind text?, actor_id uuid?, batch uuid?, \
            undo json?, settled_at big?, created_at big, updated_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    }],
    columns: &[("mapping", "prefer text=newest")],
    indexes: &[
        "CREATE UNIQUE INDEX IF NOT EXISTS sync_conflict_open ON sync_conflict \
         (workspace_id, contact_id, connection_id, field) WHERE state = 'open'",
        "CREATE INDEX IF NOT EXISTS sync_conflict_settled ON sync_conflict (workspace_id, state, settled_at)",
        "CREATE INDEX IF NOT EXISTS sync_conflict_batch ON sync_conflict (workspace_id, batch)",
    ],
};
