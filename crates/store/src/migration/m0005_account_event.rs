//! The account's timeline, and whom the business blocked.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0005_account_event",
    tables: &[
        Table {
            name: "account_event",
            columns: "workspace_id uuid, id uuid, channel_id uuid, at big, kind text, severity text, advice text, \
            summary text, detail json",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "contact_block",
            columns: "workspace_id uuid, contact_id uuid, channel_id uuid, at big, by_id uuid?",
            key: &["workspace_id", "contact_id", "channel_id"],
            narrow: true,
        },
    ],
    columns: &[],
    indexes: &["CREATE INDEX IF NOT EXISTS account_event_channel ON account_event (workspace_id, channel_id, id)"],
};
