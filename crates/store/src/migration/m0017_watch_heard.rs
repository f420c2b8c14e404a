//! Collaborators: which of the customer's messages had come when they looked last.

use super::builder::Step;

pub(super) const STEP: Step =
    Step { name: "m0017_watch_heard", tables: &[], columns: &[("watch", "heard_at big?")], indexes: &[] };
