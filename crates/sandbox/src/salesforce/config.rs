//! What can be set for the Salesforce stand-in.

use serde::{Deserialize, Serialize};

/// The Salesforce stand-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SalesforceConfig {
    /// Calls in 24 hours; beyond it `REQUEST_LIMIT_EXCEEDED`.
    pub daily: u64,
    /// How long an access token is good for.
    pub session_ms: i64,
    /// Refresh tokens that are refused although they begin with `sf-refresh`.
    pub revoked_tokens: Vec<String>,
    /// Each refresh token is good for one use and replaced by another.
    pub rotate_refresh_tokens: bool,
    /// The app may ask for tokens for itself.
    pub client_credentials: bool,
    /// Time until a change is visible to search.
    pub index_lag_ms: i64,
    /// Most records of one answer, unless the call says otherwise.
    pub batch_size: usize,
    /// Programs may not save a second contact with an address that is there.
    pub duplicate_rule: bool,
    /// The user may make fields.
    pub may_customise: bool,
}

impl Default for SalesforceConfig {
    fn default() -> Self {
        Self {
            daily: 100_000,
            session_ms: 7_200_000,
            revoked_tokens: Vec::new(),
            rotate_refresh_tokens: false,
            client_credentials: true,
            index_lag_ms: 0,
            batch_size: 2_000,
            duplicate_rule: true,
            may_customise: true,
        }
    }
}
