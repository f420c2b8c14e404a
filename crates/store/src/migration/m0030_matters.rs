//! Deals and cases: what is under way with a customer beside the conversation, and where it stands in a CRM.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0030_matters",
    tables: &[Table {
        name: "matter",
        columns: "workspace_id uuid, id uuid, object text, contact_id uuid, conversation_id uuid?, connection_id uuid?, \
            title text, details text?, amount_minor big?, currency text?, category text?, priority text?, status text, \
            stage text?, skus json, author_kind text, author_id uuid?, author_name text, client_id text?, \
            field_stamps json, snapshot json, remote_id text?, remote_url text?, remote_at big?, sync text, error text?, \
            checked_at big, pushed_at big?, closed_at big?, created_at big, updated_at big",
        key: &["workspace_id", "id"],
        narrow: false,
    }],
    columns: &[],
    indexes: &[
        "CREATE UNIQUE INDEX IF NOT EXISTS matter_once ON matter (workspace_id, object, client_id) \
         WHERE client_id IS NOT NULL",
        "CREATE UNIQUE INDEX IF NOT EXISTS matter_remote ON matter (workspace_id, connection_id, object, remote_id) \
         WHERE remote_id IS NOT NULL",
        "CREATE INDEX IF NOT EXISTS matter_list ON matter (workspace_id, object, id)",
        "CREATE INDEX IF NOT EXISTS matter_contact ON matter (workspace_id, contact_id, id)",
        "CREATE INDEX IF NOT EXISTS matter_conversation ON matter (workspace_id, conversation_id)",
        "CREATE INDEX IF NOT EXISTS matter_checked ON matter (workspace_id, connection_id, object, checked_at) \
         WHERE remote_id IS NOT NULL",
    ],
};
