//! Channels: the ways customers reach the business.

use serde::{Deserialize, Serialize};

/// Where a channel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelStatus {
    /// Receives and sends.
    Active,
    /// A person switched sending off; receiving goes on.
    Paused,
    /// The provider refuses us (token, restriction); sending waits until a person repairs it.
    Error,
}

impl ChannelStatus {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Error => "error",
        }
    }

    /// Reads a stored code; anything unknown counts as an error state, which sends nothing.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        match code {
            "active" => Self::Active,
            "paused" => Self::Paused,
            _ => Self::Error,
        }
    }
}
