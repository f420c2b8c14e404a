//! Answers kept ready, messages planned for later or changed before they go, and everybody's own keys.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0014_quick_replies",
    tables: &[
        Table {
            name: "quick_reply",
            columns: "workspace_id uuid, id uuid, shortcut text, title text, bodies json, audience text, owner_id uuid?, \
            created_by uuid?, created_at big, updated_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "quick_reply_use",
            columns: "workspace_id uuid, reply_id uuid, user_id uuid, uses big, last_at big",
            key: &["workspace_id", "reply_id", "user_id"],
            narrow: true,
        },
        Table {
            name: "user_keys",
            columns: "workspace_id uuid, user_id uuid, keys json, updated_at big",
            key: &["workspace_id", "user_id"],
            narrow: false,
        },
    ],
    columns: &[
        // How often the message was changed while it waited, the moment it was planned for, and since when a message of
        // the customer cancels it.
        ("send_queue", "revision int=0"),
        ("send_queue", "planned_at big?"),
        ("send_queue", "heed_since big?"),
    ],
    indexes: &["CREATE UNIQUE INDEX IF NOT EXISTS quick_reply_shortcut ON quick_reply (workspace_id, shortcut)"],
};
