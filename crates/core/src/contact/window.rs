//! The 24-hour customer service window (`product.md` I2, `whatsapp-cloud-api.md` §9).

use crate::Ms;
use crate::time::{DAY, HOUR};
use serde::{Deserialize, Serialize};

/// How long a customer's message keeps the window open. Milliseconds.
pub const WINDOW: i64 = DAY;
/// How long before it closes people are warned, unless set otherwise. Milliseconds.
pub const CLOSING_LEAD: i64 = 2 * HOUR;

/// Until when the business may write freely to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Window {
    /// The moment it closes; `None` when it never opened. At this very moment it is closed.
    pub expires_at: Option<Ms>,
}

/// Where the window stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum WindowState {
    /// The customer has never written.
    Never,
    /// Open, with this many milliseconds left (at least 1).
    Open {
        /// Milliseconds left.
        left: i64,
    },
    /// Closed since this many milliseconds (0 = this moment).
    Closed {
        /// Milliseconds since it closed.
        since: i64,
    },
}

impl Window {
    /// A window as it is stored.
    #[must_use]
    pub fn new(expires_at: Option<Ms>) -> Self {
        Self { expires_at }
    }

    /// The window after a message (or call) from the customer at `message_at`. Late and repeated events never
    /// shorten it. A provider clock that runs ahead of ours is cut to `received_at`, or the window would be
    /// believed open after the provider closed it. Statuses, reactions, edits and the owner's own messages do not
    /// open it: do not call this for them.
    #[must_use]
    pub fn opened(self, message_at: Ms, received_at: Ms) -> Self {
        let expires_at = message_at.min(received_at).plus(WINDOW);
        Self { expires_at: Some(self.expires_at.map_or(expires_at, |known| known.max(expires_at))) }
    }

    /// Whether free text may be handed to the provider at this moment.
    #[must_use]
    pub fn is_open(self, now: Ms) -> bool {
        self.expires_at.is_some_and(|end| now < end)
    }

    /// Where it stands at this moment.
    #[must_use]
    pub fn state(self, now: Ms) -> WindowState {
        match self.expires_at {
            None => WindowState::Never,
            Some(end) if now < end => WindowState::Open { left: end.since(now) },
            Some(end) => WindowState::Closed { since: now.since(end) },
        }
    }

    /// Whether it is open and closes within `lead` milliseconds.
    #[must_use]
    pub fn closing_soon(self, now: Ms, lead: i64) -> bool {
        self.expires_at.is_some_and(|end| now < end && end.since(now) <= lead)
    }
}
