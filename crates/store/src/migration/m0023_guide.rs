//! Who put the first-run guide away.

use super::builder::Step;

pub(super) const STEP: Step =
    Step { name: "m0023_guide", tables: &[], columns: &[("user", "guide_hidden_at big?")], indexes: &[] };
