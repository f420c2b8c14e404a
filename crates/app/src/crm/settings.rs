//! A connection's choices, as they stand in its row. Absent ones have defaults.

use rapport_connectors::crm::Capabilities;
use rapport_connectors::rest::Description;
use rapport_connectors::rest::template::has;
use rapport_core::sync::Kind;
use rapport_core::time::{MINUTE, SECOND};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Time between two looks where each reads everything. Milliseconds.
const WHOLE_MS: i64 = 15 * MINUTE;

/// Choices of a connection. Times in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SyncSettings {
    /// Time between two looks for changes.
    pub poll_ms: i64,
    /// The same when nothing has happened for a while.
    pub poll_idle_ms: i64,
    /// Time between two looks for deleted records.
    pub archived_ms: i64,
    /// Time between two rounds of comparing linked records.
    pub compare_ms: i64,
    /// Time between two looks at deals and cases.
    pub matters_ms: i64,
    /// Time between two tries of a refused token.
    pub probe_ms: i64,
    /// How far behind the index may be: the next look begins this long before the last end (`crm-apis.md` §0 rule 5).
    pub overlap_ms: i64,
    /// Calls in ten seconds; searches are counted for themselves.
    pub calls_per_10s: u32,
    /// Searches in a second.
    pub searches_per_second: u32,
    /// Pages of changes in a minute, where the vendor counts them for themselves.
    pub exports_per_minute: u32,
    /// Records over there that have a number and are unknown here become contacts.
    pub import_new: bool,
    /// What the other side's fields hold, as it said when asked last: by its name.
    pub kinds: BTreeMap<String, Kind>,
    /// Begins the address of a record's page; the record's id follows.
    pub record_url: Option<String>,
    /// Calls of any kind in a second, where the vendor counts them so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls_per_second: Option<f64>,
    /// Calls in any 24 hours; 0 = as many as the rest allows.
    #[serde(skip_serializing_if = "is_zero")]
    pub calls_per_day: u32,
    /// What the owner of a CRM says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Value>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Default for SyncSettings {
    fn default() -> Self {
        Self {
            poll_ms: 5 * SECOND,
            poll_idle_ms: 30 * SECOND,
            archived_ms: 10 * MINUTE,
            compare_ms: 15 * MINUTE,
            matters_ms: MINUTE,
            probe_ms: 5 * MINUTE,
            overlap_ms: 5 * MINUTE,
            calls_per_10s: 90,
            searches_per_second: 4,
            exports_per_minute: 240,
            import_new: true,
            kinds: BTreeMap::new(),
            record_url: None,
            calls_per_second: None,
            calls_per_day: 0,
            description: None,
        }
    }
}

impl SyncSettings {
    /// What a new connection begins with. A stand-in on this machine costs nothing to ask, so it is asked often.
    #[must_use]
    pub fn of(can: &Capabilities, base_url: &str) -> Self {
        let default = Self::default();
        let usual = Self {
            // Half of the pages that may be read are left for what there is much of.
            poll_ms: default.poll_ms.max(2 * MINUTE / i64::from(can.exports_per_minute.max(1))),
            overlap_ms: can.overlap_ms,
            calls_per_10s: can.calls_per_10s,
            searches_per_second: can.searches_per_second,
            exports_per_minute: can.exports_per_minute,
            ..default
        };
        if !is_local(base_url) {
            return usual;
        }
        Self {
            poll_ms: SECOND,
            poll_idle_ms: 2 * SECOND,
            archived_ms: 15 * SECOND,
            compare_ms: MINUTE,
            matters_ms: 2 * SECOND,
            probe_ms: 5 * SECOND,
            exports_per_minute: usual.exports_per_minute.max(240),
            ..usual
        }
    }

    /// The same with what a description says of pace and clock.
    #[must_use]
    pub fn described(self, said: &Description, base_url: &str) -> Self {
        let limits = &said.limits;
        let per_10s = (limits.per_second * 10.0).round().clamp(1.0, 1_000.0) as u32;
        let look_ms = i64::from(limits.look_s) * SECOND;
        let look_ms = if has(&said.list.url, "since") { look_ms } else { look_ms.max(WHOLE_MS) };
        let poll_ms = if is_local(base_url) { self.poll_ms } else { look_ms };
        Self {
            poll_ms,
            poll_idle_ms: self.poll_idle_ms.max(poll_ms),
            overlap_ms: i64::from(limits.behind_s) * SECOND + i64::from(limits.clock_ms).max(SECOND),
            calls_per_10s: per_10s,
            calls_per_second: Some(limits.per_second),
            calls_per_day: limits.per_day,
            description: serde_json::to_value(said).ok(),
            ..self
        }
    }

    /// What the owner of a CRM says of it.
    #[must_use]
    pub fn said(&self) -> Option<Arc<Description>> {
        Description::read(self.description.as_ref()?).ok().map(Arc::new)
    }

    /// Reads a row's choices; what cannot be read is as if absent.
    #[must_use]
    pub fn read(json: &serde_json::Value) -> Self {
        serde_json::from_value(json.clone()).unwrap_or_default()
    }

    /// The row's form.
    #[must_use]
    pub fn write(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

fn is_local(base_url: &str) -> bool {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    ["127.", "localhost", "[::1]"].iter().any(|host| rest.starts_with(host))
}
