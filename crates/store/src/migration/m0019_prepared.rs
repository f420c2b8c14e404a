//! What was made at a provider, so that messages of one look can be sent by its id.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0019_prepared",
    tables: &[Table {
        name: "prepared",
        columns: "workspace_id uuid, account text, key text, provider_id text, created_at big",
        key: &["workspace_id", "account", "key"],
        narrow: true,
    }],
    columns: &[],
    indexes: &[],
};
