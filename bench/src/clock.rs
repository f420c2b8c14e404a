//! The real time: a load generator has no other.

use std::time::{SystemTime, UNIX_EPOCH};

/// UTC seconds.
pub fn unix_seconds() -> i64 {
    unix_millis() / 1000
}

/// UTC milliseconds.
pub fn unix_millis() -> i64 {
    unix_micros() / 1000
}

/// UTC microseconds.
pub fn unix_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
