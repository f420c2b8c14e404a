//! The tree of conditions, as it is written down.

use super::shared::Shared;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A condition, or several joined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// Every one holds; with none it always does.
    All {
        /// The conditions.
        of: Vec<Condition>,
    },
    /// At least one holds; with none it never does.
    Any {
        /// The conditions.
        of: Vec<Condition>,
    },
    /// It does not hold.
    Not {
        /// The condition.
        of: Box<Condition>,
    },
    /// A field of the contact, the conversation or the message.
    Field {
        /// Its name in the catalogue, or `contact.fields.<own field>`.
        field: Shared<String>,
        /// How it is compared.
        is: Is,
        /// With what; nothing for `empty` and `filled`.
        #[serde(default, skip_serializing_if = "is_null")]
        value: Shared<Json>,
    },
    /// The time of the day and the week.
    Time {
        /// The days; none = every day. A stretch over midnight belongs to the day on which it began.
        #[serde(default, skip_serializing_if = "are_none")]
        days: Shared<Vec<Weekday>>,
        /// From, `HH:MM`.
        from: Shared<String>,
        /// To (exclusive), `HH:MM`; not after `from` means past midnight.
        to: Shared<String>,
        /// Whose clock: an IANA name, `customer`, or nothing for the workspace's.
        #[serde(default, skip_serializing_if = "is_blank")]
        zone: Shared<String>,
    },
    /// How often something happened within a time.
    Count {
        /// What.
        of: Count,
        /// The words, for what the customer said; the topics, for hot words.
        #[serde(default, skip_serializing_if = "are_none")]
        words: Shared<Vec<String>>,
        /// Within this time, minutes.
        minutes: u32,
        /// How the number is compared.
        is: Is,
        /// With what.
        value: u32,
    },
}

pub(super) fn is_null(value: &Shared<Json>) -> bool {
    value.is_null()
}

pub(super) fn are_none<T>(list: &Shared<Vec<T>>) -> bool {
    list.is_empty()
}

fn is_blank(words: &Shared<String>) -> bool {
    words.is_empty()
}

impl Default for Condition {
    fn default() -> Self {
        Self::All { of: Vec::new() }
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    /// The week, Monday first.
    pub const ALL: [Self; 7] =
        [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];
}

/// What can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Messages in which the customer says one of the words.
    Said,
    /// The customer's newest messages that all say one of the words, one after the other.
    SaidInARow,
    /// Messages in which the customer says a hot word of one of the topics.
    HotWords,
    /// The customer's newest messages that all say a hot word of one of the topics, one after the other.
    HotWordsInARow,
    /// Messages from the customer.
    MessagesIn,
    /// Messages to the customer.
    MessagesOut,
    /// Runs of this rule for this customer.
    Runs,
}

impl Count {
    /// Everything.
    pub const ALL: [Self; 7] = [
        Self::Said,
        Self::SaidInARow,
        Self::HotWords,
        Self::HotWordsInARow,
        Self::MessagesIn,
        Self::MessagesOut,
        Self::Runs,
    ];

    /// Whether it counts words, of its own or hot ones.
    #[must_use]
    pub fn of_words(self) -> bool {
        self.of_phrases() || self.of_hot_words()
    }

    /// Whether it counts words of its own.
    #[must_use]
    pub fn of_phrases(self) -> bool {
        matches!(self, Self::Said | Self::SaidInARow)
    }

    /// Whether it counts hot words.
    #[must_use]
    pub fn of_hot_words(self) -> bool {
        matches!(self, Self::HotWords | Self::HotWordsInARow)
    }
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Is {
    /// The same; capitals and forms of digits make no difference.
    Is,
    /// Not the same, or not known.
    IsNot,
    /// One of a list.
    OneOf,
    /// None of a list, or not known.
    NoneOf,
    /// Has these characters in it.
    Contains,
    /// Has them not.
    ContainsNot,
    /// Begins with them.
    StartsWith,
    /// Says one of these words, in the forms of the rule's language.
    Says,
    /// Says none of them.
    SaysNot,
    /// Greater.
    MoreThan,
    /// Greater or equal.
    AtLeast,
    /// Less.
    LessThan,
    /// Less or equal.
    AtMost,
    /// Has this entry.
    Has,
    /// Does not have it.
    HasNot,
    /// Has at least one of these.
    HasAny,
    /// Has none of these.
    HasNone,
    /// Not longer ago than so many minutes.
    Within,
    /// Longer ago than so many minutes.
    LongerAgo,
    /// Not known, or nothing in it.
    Empty,
    /// Something in it.
    Filled,
}

impl Condition {
    /// Every condition of the tree that is none of `all`, `any` and `not`, with its path.
    pub fn leaves<'a>(&'a self, path: &str, see: &mut dyn FnMut(&str, &'a Condition)) {
        match self {
            Self::All { of } | Self::Any { of } => {
                for (at, one) in of.iter().enumerate() {
                    one.leaves(&format!("{path}.of.{at}"), see);
                }
            }
            Self::Not { of } => of.leaves(&format!("{path}.of"), see),
            Self::Field { .. } | Self::Time { .. } | Self::Count { .. } => see(path, self),
        }
    }
}
