//! What can be chosen of the Zoho stand-in.

use serde::{Deserialize, Serialize};

/// The account behind `/zoho`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ZohoConfig {
    /// The account's id.
    pub org_id: u64,
    /// The account's own time, minutes east of UTC: stamps are shown in it.
    pub offset_minutes: i32,
    /// Credits of a rolling day; beyond it 429.
    pub credits: u32,
    /// Calls answered at the same time; beyond it 429.
    pub concurrent: usize,
    /// Access tokens that one refresh token gets in ten minutes.
    pub tokens_per_10min: usize,
    /// How long an access token lives.
    pub token_life_ms: i64,
    /// Records that page tokens lead to (the real one: 100,000).
    pub page_token_records: usize,
    /// Time until a change is visible to search. Queries see it at once.
    pub index_lag_ms: i64,
    /// No two contacts have the same address.
    pub unique_email: bool,
    /// Refresh tokens that are refused although they begin with `1000.`.
    pub invalid_tokens: Vec<String>,
}

impl Default for ZohoConfig {
    fn default() -> Self {
        Self {
            org_id: 60_012_345_678,
            offset_minutes: 330,
            credits: 52_500,
            concurrent: 10,
            tokens_per_10min: 10,
            token_life_ms: 3_600_000,
            page_token_records: 100_000,
            index_lag_ms: 0,
            unique_email: true,
            invalid_tokens: Vec::new(),
        }
    }
}
