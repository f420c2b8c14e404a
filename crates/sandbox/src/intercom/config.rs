//! What can be chosen of the Intercom stand-in.

use serde::{Deserialize, Serialize};

/// The workspace behind `/intercom`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntercomConfig {
    /// The workspace's id.
    pub workspace_id: String,
    /// The workspace's own time, minutes east of UTC: searches for dates go by its days.
    pub offset_minutes: i32,
    /// Requests in a span of ten seconds; beyond it 429.
    pub calls_per_10s: u32,
    /// Time until a change is visible to search.
    pub index_lag_ms: i64,
    /// Tokens that are refused although they begin with `ic-`.
    pub invalid_tokens: Vec<String>,
    /// Where webhooks go.
    pub webhook_url: Option<String>,
    /// Signs webhooks.
    pub client_secret: String,
}

impl Default for IntercomConfig {
    fn default() -> Self {
        Self {
            workspace_id: "sandbx01".into(),
            offset_minutes: -480,
            calls_per_10s: 1_666,
            index_lag_ms: 0,
            invalid_tokens: Vec::new(),
            webhook_url: None,
            client_secret: "sandbox-intercom-secret".into(),
        }
    }
}
