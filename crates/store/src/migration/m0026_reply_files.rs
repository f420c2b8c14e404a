//! Quick replies carry files.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0026_reply_files",
    tables: &[Table {
        name: "quick_reply_file",
        columns: "workspace_id uuid, reply_id uuid, place small, media_id uuid",
        key: &["workspace_id", "reply_id", "place"],
        narrow: true,
    }],
    columns: &[],
    indexes: &["CREATE INDEX IF NOT EXISTS quick_reply_file_media ON quick_reply_file (workspace_id, media_id)"],
};
