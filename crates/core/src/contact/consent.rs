//! What a customer agreed to (`product.md` D9): the present state. The words that change it are in [`super::stop`].

use crate::Ms;
use serde::{Deserialize, Serialize};

/// Whether marketing messages are welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Said yes.
    OptedIn,
    /// Said no; honoured at once.
    OptedOut,
    /// Never asked.
    #[default]
    Unknown,
}

impl Consent {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::OptedIn => "opted_in",
            Self::OptedOut => "opted_out",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a stored code; anything unknown counts as never asked.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        match code {
            "opted_in" => Self::OptedIn,
            "opted_out" => Self::OptedOut,
            _ => Self::Unknown,
        }
    }

    /// The state that a ledger adds up to: the latest line wins; of two at the same moment the refusal, because a
    /// message too few does less harm than one too many.
    #[must_use]
    pub fn of_ledger(lines: &[(Ms, Self)]) -> Self {
        let weight = |state: Self| i32::from(state == Self::OptedOut);
        lines.iter().max_by_key(|(at, state)| (*at, weight(*state))).map_or(Self::Unknown, |(_, state)| *state)
    }
}
