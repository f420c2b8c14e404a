//! Messages say which event they tell of; routes hear what other nodes see of their standby.

use super::builder::Step;

pub(super) const STEP: Step = Step {
    name: "m0011_event_key",
    tables: &[],
    columns: &[("message", "event_key text?"), ("channel_route", "heard json?")],
    indexes: &[],
};
