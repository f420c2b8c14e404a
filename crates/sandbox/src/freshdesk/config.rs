//! How the Freshdesk stand-in behaves.

use serde::{Deserialize, Serialize};

/// The other help desk's stand-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FreshdeskConfig {
    /// Requests per minute (the real one: 50 to 700 by plan); beyond it 429.
    pub calls_per_minute: u32,
    /// Requests for lists of contacts per minute (the real one: 20 to 200 by plan); beyond it 429.
    pub lists_per_minute: u32,
    /// The last page of a list that is shown.
    pub pages: usize,
    /// Time until a change is visible to search (the real one: minutes).
    pub index_lag_ms: i64,
    /// Keys that are refused although they begin with `fd-`.
    pub invalid_keys: Vec<String>,
    /// The key is an administrator's, who may make fields.
    pub admin: bool,
    /// Where the automation rule's webhook goes.
    pub webhook_url: Option<String>,
    /// The header that it sends, name and value.
    pub webhook_header: (String, String),
}

impl Default for FreshdeskConfig {
    fn default() -> Self {
        Self {
            calls_per_minute: 700,
            lists_per_minute: 300,
            pages: 300,
            index_lag_ms: 0,
            invalid_keys: Vec::new(),
            admin: true,
            webhook_url: None,
            webhook_header: ("x-rapport-secret".into(), "sandbox-hook-secret".into()),
        }
    }
}
