//! A number may be reached through somebody else than Meta.

use super::builder::Step;

pub(super) const STEP: Step = Step {
    name: "m0006_provider",
    tables: &[],
    columns: &[
        // Whatever is connected was connected through Meta.
        ("channel", "provider text=meta"),
    ],
    indexes: &[],
};
