//! What the platform's error codes mean and what to do about them (`whatsapp-cloud-api.md` §11).

use super::error_table::{TABLE, UNKNOWN};
use crate::provider::error_table::TWILIO;

/// What a failed send or call asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryClass {
    /// Nothing was sent; try again with growing pauses, and slow the whole number down.
    SafeRetry,
    /// Nothing was sent; only this customer must wait (pair limit: 4^n seconds).
    RetryCustomer,
    /// Nothing was sent; try again in hours, and stop campaigns meanwhile.
    LaterHours,
    /// Not within 24 hours, and no loop then.
    LaterDay,
    /// It may have been sent: wait for its status before anything else.
    WaitStatus,
    /// The same message will never go; a person or other content is needed.
    Never,
    /// The window is closed: only a template goes.
    NeedsTemplate,
    /// The account or token is refused: stop sending on the channel and alert.
    PauseChannel,
    /// The customer does not want marketing: record the opt-out.
    OptOut,
    /// The number cannot be reached on WhatsApp: mark it, use another channel.
    MarkNumber,
}

impl RetryClass {
    /// Whether a worker may send the same message again by itself, now or later.
    #[must_use]
    pub fn automatic(self) -> bool {
        matches!(self, Self::SafeRetry | Self::RetryCustomer | Self::LaterHours)
    }
}

/// One row of the table: a code, or a range of codes treated alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct ErrorInfo {
    /// First code of the row; -1 for the row of unknown codes.
    pub code: i64,
    /// Last code of the row.
    pub last: i64,
    /// Key of the title for translations, for example `window_closed`.
    pub title_key: &'static str,
    /// What happened, one English sentence.
    pub meaning: &'static str,
    /// What to do, one English sentence.
    pub advice: &'static str,
    /// What the machine does.
    pub class: RetryClass,
}

/// The row for a code of any provider; unknown codes get a row that says so and is never retried.
#[must_use]
pub fn meaning(code: i64) -> &'static ErrorInfo {
    // Exact rows stand before the ranges that contain them.
    TABLE.iter().chain(TWILIO).find(|row| row.code <= code && code <= row.last).unwrap_or(&UNKNOWN)
}
