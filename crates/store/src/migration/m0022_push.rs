//! Devices that want to be told.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0022_push",
    tables: &[Table {
        name: "push_subscription",
        columns: "workspace_id uuid, id uuid, user_id uuid, session_id uuid, endpoint_hash bytes, secret bytes, \
            user_agent text, wants json, created_at big, used_at big?, failed_at big?, failure text?",
        key: &["workspace_id", "id"],
        narrow: false,
    }],
    columns: &[],
    indexes: &[
        // A browser's address is one device, whoever signs in there.
        "CREATE UNIQUE INDEX IF NOT EXISTS push_subscription_endpoint ON push_subscription (workspace_id, endpoint_hash)",
        "CREATE INDEX IF NOT EXISTS push_subscription_user ON push_subscription (workspace_id, user_id)",
    ],
};
