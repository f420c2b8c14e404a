//! Contacts that may be the same person: the keys they are filed under, the pairs that were found, and merges that can be
//! taken back. Every contact that exists is looked at once more by the indexer, which files it.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0036_likeness",
    tables: &[
        Table {
            name: "contact_key",
            columns: "workspace_id uuid, place big, contact_id uuid",
            key: &["workspace_id", "place", "contact_id"],
            narrow: true,
        },
        Table {
            name: "contact_pair",
            columns: "workspace_id uuid, one uuid, other uuid, score small, reasons json, state text, actor_kind text?, \
                actor_id uuid?, created_at big, updated_at big",
            key: &["workspace_id", "one", "other"],
            narrow: false,
        },
        Table {
            name: "contact_merge",
            columns: "workspace_id uuid, id uuid, keep_id uuid, gone_id uuid, kept json, moved json, actor_kind text, \
                actor_id uuid?, at big, undone_at big?",
            key: &["workspace_id", "id"],
            narrow: false,
        },
    ],
    columns: &[("identity", "heard_at big?")],
    indexes: &[
        "CREATE INDEX IF NOT EXISTS contact_key_contact ON contact_key (workspace_id, contact_id)",
        "CREATE INDEX IF NOT EXISTS contact_pair_open ON contact_pair (workspace_id, score, one, other) WHERE state = 'open'",
        "CREATE INDEX IF NOT EXISTS contact_pair_other ON contact_pair (workspace_id, other)",
        "CREATE INDEX IF NOT EXISTS contact_merge_keep ON contact_merge (workspace_id, keep_id, at)",
        "CREATE INDEX IF NOT EXISTS contact_merge_at ON contact_merge (workspace_id, at)",
        "INSERT INTO search_dirty (workspace_id, contact_id) SELECT workspace_id, id FROM contact WHERE merged_into IS NULL",
        "CREATE INDEX IF NOT EXISTS search_dirty_contact ON search_dirty (workspace_id, contact_id)",
    ],
};
