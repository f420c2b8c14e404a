//! A rule's own runs for one customer, found without reading those of all rules.

use super::builder::Step;

pub(super) const STEP: Step = Step {
    name: "m0034_rule_limits",
    tables: &[],
    columns: &[],
    indexes: &["CREATE INDEX IF NOT EXISTS rule_run_own ON rule_run (workspace_id, contact_id, rule_id, id)"],
};
