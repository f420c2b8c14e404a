//! Practice: scripted customers that an agent learns with, and what is said about it afterwards.
//!
//! A script ([`script`]) is data: beats, each with what the customer says and which beat follows what the agent does.
//! [`play`] looks at the thread as it stands and tells what the customer does now; nothing depends on having been
//! there in between, so that a stop in the middle changes nothing. [`debrief`] reads the finished thread.

mod debrief;
mod play;
mod script;
#[cfg(test)]
mod tests;
mod words;

pub use debrief::{Debrief, Point, PointName, debrief};
pub use play::{Cue, End, Progress, Utterance, begin, play, receipt};
pub use words::{LANGUAGES, Words, words};

use crate::time::Ms;
use serde::{Deserialize, Serialize};

/// Scenarios one person may have under way at a time.
pub const RUNNING_MOST: usize = 3;
/// Scenarios kept; then practice is ended before it goes on.
pub const KEPT_MOST: i64 = 200;
/// A scenario that nobody finished ends by itself after this. Milliseconds.
pub const GIVEN_UP_MS: i64 = crate::time::DAY;
/// No country has this code (ITU-T E.164 keeps it back), so nobody can have a number that begins with it.
const RESERVED: &str = "999";

/// The number of the practice customer `n`: one that cannot exist.
#[must_use]
pub fn number(n: i64) -> String {
    format!("{RESERVED}0000{n:05}")
}

/// Whether a number can only be a practice customer's.
#[must_use]
pub fn is_reserved(number: &str) -> bool {
    number.trim_start_matches('+').starts_with(RESERVED)
}

/// What an agent practises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Where is my order?
    Order,
    /// A refund that does not come, and an angry customer.
    Refund,
    /// Price and size, before buying.
    Size,
    /// A photo of something that arrived broken.
    Photo,
    /// The customer wrote long ago: only a template may be sent.
    Window,
}

impl Scenario {
    /// Every scenario, the easiest first.
    pub const ALL: [Self; 5] = [Self::Order, Self::Size, Self::Photo, Self::Refund, Self::Window];

    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Refund => "refund",
            Self::Size => "size",
            Self::Photo => "photo",
            Self::Window => "window",
        }
    }

    /// Reads a code; `None` for one that is not ours.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scenario| scenario.code() == code)
    }
}

/// One line of the conversation, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When it was written.
    pub at: Ms,
    /// Who wrote what.
    pub by: By,
}

/// Who wrote what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The agent, to the customer.
    Agent {
        /// What it says.
        text: String,
        /// Whether it is a template.
        template: bool,
    },
    /// The agent, to colleagues.
    Note,
    /// The customer.
    Customer,
}

/// The conversation of a scenario as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thread {
    /// Its lines, the oldest first.
    pub lines: Vec<Line>,
    /// Since when it is resolved.
    pub resolved_at: Option<Ms>,
    /// Whether a closing category was given; `None` when the workspace has none to give.
    pub category: Option<bool>,
}

impl Thread {
    /// What the agent wrote to the customer after a moment.
    fn answers(&self, after: Ms) -> impl Iterator<Item = (Ms, &str, bool)> {
        self.lines.iter().filter(move |line| line.at > after).filter_map(|line| match &line.by {
            By::Agent { text, template } => Some((line.at, text.as_str(), *template)),
            By::Note | By::Customer => None,
        })
    }
}
