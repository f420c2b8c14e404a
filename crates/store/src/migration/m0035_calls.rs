//! Calls to providers, for the limits of an hour and a day.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0035_calls",
    tables: &[Table {
        name: "provider_call",
        columns: "workspace_id uuid, portfolio_key text, minute big, calls int",
        key: &["workspace_id", "portfolio_key", "minute"],
        narrow: true,
    }],
    columns: &[],
    indexes: &[],
};
