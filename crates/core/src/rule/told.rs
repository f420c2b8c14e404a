//! Values of checks, which become JSON when somebody asks: most judgements are written down by the hundred, or not at all.

use super::definition::Limit;
use super::event::What;
use super::handover::Pause;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;

/// What a check found, or its limit.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Told {
    /// Nothing.
    Nothing,
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(u32),
    /// What happened.
    What(What),
    /// Codes of triggers.
    Codes(Vec<&'static str>),
    /// How often a rule may run.
    Limit(Limit),
    /// Who has the conversation in hand.
    Pause(Pause),
    /// Anything else, and whatever was read back.
    Json(Json),
}

impl Told {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing | Self::Json(Json::Null))
    }

    /// As it is written down.
    #[must_use]
    pub fn json(&self) -> Json {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// Equal is what is written down the same.
impl PartialEq for Told {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}

impl From<Json> for Told {
    fn from(value: Json) -> Self {
        Self::Json(value)
    }
}

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Json::deserialize(deserializer).map(Self::Json)
    }
}
