//! How agents work through conversations: who follows which, saved views, changes to many at once.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0012_work",
    tables: &[
        Table {
            name: "watch",
            columns: "workspace_id uuid, user_id uuid, conversation_id uuid, joined bool, told_at big, told_by uuid?, \
            message_id uuid?, seen_at big, created_at big",
            key: &["workspace_id", "user_id", "conversation_id"],
            narrow: true,
        },
        Table {
            name: "saved_view",
            columns: "workspace_id uuid, id uuid, owner_id uuid?, name text, scope text, team_id uuid?, filter json, \
            created_at big, updated_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "bulk",
            columns: "workspace_id uuid, id uuid, actor_kind text, actor_id uuid?, actor_name text, action json, \
            state text, total int, done int, changed int, refused int, undo_of uuid?, undone_at big?, \
            created_at big, updated_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "bulk_item",
            columns: "workspace_id uuid, bulk_id uuid, conversation_id uuid, state small, before json?",
            key: &["workspace_id", "bulk_id", "conversation_id"],
            narrow: true,
        },
    ],
    columns: &[],
    indexes: &[
        "CREATE INDEX IF NOT EXISTS watch_conversation ON watch (workspace_id, conversation_id)",
        "CREATE INDEX IF NOT EXISTS bulk_item_waiting ON bulk_item (workspace_id, bulk_id, conversation_id) WHERE state = 0",
        // Who waits, and what nobody has looked at, are few among many: their counts and lists read only them.
        "CREATE INDEX IF NOT EXISTS conversation_waiting ON conversation (workspace_id, status, waiting_since, id) \
     WHERE waiting_since IS NOT NULL",
        "CREATE INDEX IF NOT EXISTS conversation_unread ON conversation (workspace_id, status) WHERE unread > 0",
    ],
};
