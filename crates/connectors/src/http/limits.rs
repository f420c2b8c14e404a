//! What answers say about waiting.

use super::Response;
use rapport_core::time::Ms;
use std::time::Duration;

/// The longest wait a header may ask of us: then we look again.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(3_600);
/// Nobody means a wait longer than this: such a header is taken for a mistake, and the sender's own schedule decides.
const NONSENSE: u64 = 86_400;

/// `Retry-After` in whole seconds, clamped to one hour. Dates, garbage, zero and more than a day give `None`: without a
/// clock a date means nothing here, zero is no permission to hammer, and a billion seconds must not silence a number
/// (`perf-reliability.md` F11).
#[must_use]
pub fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.header("retry-after")?.trim().parse::<u64>().ok()?;
    (1..=NONSENSE).contains(&seconds).then(|| Duration::from_secs(seconds).min(MAX_RETRY_AFTER))
}

/// The other side's time when it answered, by its `Date` header.
#[must_use]
pub fn date(response: &Response) -> Option<Ms> {
    let at = jiff::fmt::rfc2822::parse(response.header("date")?).ok()?;
    Some(Ms(at.timestamp().as_millisecond()))
}
