//! Webhooks: who is told of what happens, and what is on its way to them.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0039_webhooks",
    tables: &[
        Table {
            name: "webhook",
            columns: "workspace_id uuid, id uuid, name text, url text, secret bytes, secret_until big?, events json, \
                channels json, status text, reason text?, made_by text, cursor text, missed_at big?, failures int, \
                failing_since big?, tried_at big?, error text?, delivered_at big?, created_at big, updated_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "webhook_delivery",
            columns: "workspace_id uuid, id uuid, webhook_id uuid, event_key text, kind text, subject uuid?, body text, \
                state text, attempts int, due_at big, first_failed_at big?, tries json, created_at big, \
                settled_at big?",
            key: &["workspace_id", "id"],
            narrow: false,
        },
    ],
    columns: &[],
    indexes: &[
        // An event is told once, however often it is found.
        "CREATE UNIQUE INDEX IF NOT EXISTS webhook_delivery_event ON webhook_delivery \
         (workspace_id, webhook_id, event_key)",
        "CREATE INDEX IF NOT EXISTS webhook_delivery_list ON webhook_delivery (workspace_id, webhook_id, id)",
        "CREATE INDEX IF NOT EXISTS webhook_delivery_waiting ON webhook_delivery (workspace_id, webhook_id, due_at) \
         WHERE state = 'waiting'",
        "CREATE INDEX IF NOT EXISTS webhook_delivery_next ON webhook_delivery (workspace_id, webhook_id, id) \
         WHERE state = 'waiting'",
        "CREATE INDEX IF NOT EXISTS webhook_delivery_dead ON webhook_delivery (workspace_id, webhook_id, id) \
         WHERE state = 'dead'",
        "CREATE INDEX IF NOT EXISTS webhook_delivery_old ON webhook_delivery (workspace_id, created_at)",
        "CREATE INDEX IF NOT EXISTS webhook_active ON webhook (workspace_id, id) WHERE status = 'active'",
    ],
};
