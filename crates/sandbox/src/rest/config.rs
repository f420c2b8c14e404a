//! How the stand-ins for companies' own CRMs behave.

use serde::{Deserialize, Serialize};

/// Both makes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RestConfig {
    /// Calls a second; beyond it 429.
    pub calls_per_second: u32,
    /// How long a token of the nested make is good for.
    pub token_life_ms: i64,
    /// The finest step of the nested make's clock.
    pub nested_clock_ms: i64,
    /// Keys and clients that are refused although they begin with `own-`.
    pub invalid_tokens: Vec<String>,
    /// Where webhooks go.
    pub webhook_url: Option<String>,
    /// What they are signed with, or carry.
    pub webhook_secret: String,
}

impl Default for RestConfig {
    fn default() -> Self {
        Self {
            calls_per_second: 50,
            token_life_ms: 3_600_000,
            nested_clock_ms: 2_000,
            invalid_tokens: Vec::new(),
            webhook_url: None,
            webhook_secret: "sandbox-hook-secret".into(),
        }
    }
}
