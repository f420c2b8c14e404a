//! Practice: the room of a workspace, and what is practised in it.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0024_practice",
    tables: &[
        Table {
            name: "practice_room",
            columns: "workspace_id uuid, id uuid, channel_id uuid, created_by uuid, created_at big, ending_at big?",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "practice_run",
            columns: "workspace_id uuid, id uuid, number big, user_id uuid, scenario text, language text, wa_id text, \
                state text, progress json, conversation_id uuid?, debrief json?, started_at big, ended_at big?",
            key: &["workspace_id", "id"],
            narrow: false,
        },
    ],
    columns: &[],
    indexes: &[
        "CREATE UNIQUE INDEX IF NOT EXISTS practice_run_number ON practice_run (workspace_id, number)",
        "CREATE INDEX IF NOT EXISTS practice_run_user ON practice_run (workspace_id, user_id, number)",
    ],
};
