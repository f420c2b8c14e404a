//! M2: whoever pauses or cancels a campaign stops what of it has not been handed over.

use super::Case;
use crate::campaign::Standing;
use crate::guard::verdict::{Check, Effect, Rule, Unit};
use serde_json::Value;

impl Case<'_> {
    /// A message that waits for its turn waits for its campaign too.
    pub(super) fn campaign(&self) -> Check {
        let rule = Rule::Campaign;
        match self.snapshot.campaign {
            None => Check::not_needed(rule),
            Some(Standing::UnderWay) => Check::held(rule, "ok", Unit::Text, "running", Value::Null),
            Some(Standing::Paused) => Check::failed(rule, "paused", Effect::Delay, Unit::Text, "paused", Value::Null),
            Some(Standing::Cancelled) => {
                Check::failed(rule, "cancelled", Effect::Refuse, Unit::Text, "cancelled", Value::Null)
            }
        }
    }
}
