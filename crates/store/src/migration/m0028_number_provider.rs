//! A number may be connected through several providers, each with a channel of its own: one can stand by for another.

use super::builder::Step;

pub(super) const STEP: Step = Step {
    name: "m0028_number_provider",
    tables: &[],
    columns: &[],
    indexes: &[
        "DROP INDEX IF EXISTS channel_number",
        "CREATE UNIQUE INDEX IF NOT EXISTS channel_provider_number ON channel (workspace_id, kind, phone_number_id, provider)",
    ],
};
