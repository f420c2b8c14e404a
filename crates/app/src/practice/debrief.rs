//! What is said about a finished scenario, as programs see it.

use rapport_core::practice::Debrief;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What is said about a scenario that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PracticeDebrief)]
pub struct DebriefView {
    /// From the customer's arrival to the first answer, milliseconds; null without any.
    #[schema(required)]
    pub first_response_ms: Option<i64>,
    /// Answers to the customer.
    pub replies: u32,
    /// What went well and what can go better.
    pub points: Vec<PointView>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PracticePoint)]
pub struct PointView {
    /// `first_response`, `patience`, `order_number`, `asked_back`, `template`, `note`, `resolved` or `category`.
    pub name: String,
    /// Whether it went well.
    pub good: bool,
}

impl DebriefView {
    /// As it is stored; `None` for what a newer program wrote in another way.
    pub(super) fn read(stored: &Value) -> Option<Self> {
        Self::deserialize(stored).ok()
    }
}

/// The form that is stored.
pub(super) fn write(debrief: &Debrief) -> Option<Value> {
    serde_json::to_value(debrief).ok()
}
