//! How long files are kept, what fills a template's blanks, how long its messages are tried, and where it is used.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0008_retention",
    tables: &[Table {
        name: "template_use",
        columns: "workspace_id uuid, message_id uuid, waba_id text, name text, language text, at big",
        key: &["workspace_id", "message_id"],
        narrow: false,
    }],
    columns: &[
        ("media", "used_at big?"),
        ("media", "kept_days int?"),
        ("template", "ttl_seconds big?"),
        ("template", "fillings json?"),
    ],
    indexes: &[
        "CREATE INDEX IF NOT EXISTS template_use_name ON template_use (workspace_id, at, waba_id, name, language)",
        "CREATE INDEX IF NOT EXISTS media_age ON media (workspace_id, state, created_at)",
        // The same bytes may belong to files of several workspaces.
        "CREATE INDEX IF NOT EXISTS media_content ON media (sha256)",
    ],
};
