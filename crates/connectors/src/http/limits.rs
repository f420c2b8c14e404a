//! What answers say about waiting.

use super::Response;
use std::time::Duration;

/// The longest wait a header may ask of us; beyond it the sender's own schedule decides.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(3_600);

/// `Retry-After` in whole seconds, clamped to one hour. Dates, garbage and zero give `None`: without a clock a date
/// means nothing here, and zero is no permission to hammer (`perf-reliability.md` F11).
#[must_use]
pub fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.header("retry-after")?.trim().parse::<u64>().ok()?;
    (seconds > 0).then(|| Duration::from_secs(seconds).min(MAX_RETRY_AFTER))
}
