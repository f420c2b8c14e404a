//! Where conversations that were merged or split off lead.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0021_trail",
    tables: &[Table {
        name: "conversation_trail",
        columns: "workspace_id uuid, id uuid, into_id uuid",
        key: &["workspace_id", "id"],
        narrow: true,
    }],
    columns: &[],
    indexes: &["CREATE INDEX IF NOT EXISTS conversation_trail_into ON conversation_trail (workspace_id, into_id)"],
};
