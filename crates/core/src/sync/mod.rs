//! Keeping two systems in step, field by field (`product.md` D5, S3-S7; `crm-apis.md` §0).
//!
//! [`merge`] compares our record, theirs and the last agreed state and says what to write where. Values are compared in
//! a canonical form ([`canonical`]), so that a CRM that re-formats a phone number or trims a name has changed nothing.

mod canon;
mod echo;
mod merge;

#[cfg(test)]
mod tests;

pub use canon::{canonical, record_hash};
pub use echo::{EchoBy, Hop, LOOP_SPAN, LoopVerdict, MAX_DEPTH, MAX_STEPS, Pushed, guard_loop, is_echo, mark};
pub use merge::{Conflict, MergeResult, Reason, Trace, WonBy, merge};

use crate::Ms;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// One of the two systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Rapport.
    Local,
    /// The CRM or help desk.
    Remote,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Local => Self::Remote,
            Self::Remote => Self::Local,
        }
    }

    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Remote => "remote",
        }
    }
}

/// A value with the moment it was last changed, where its system says so field by field.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Field {
    /// The value as its system gives it; null, empty text and empty list are all "empty".
    pub value: Value,
    /// When this field was changed; the record's stamp counts where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<Ms>,
}

/// A record of one system. Fields by that system's own names; in the base of a merge by local names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The fields.
    pub fields: BTreeMap<String, Field>,
    /// When the record was last changed, by its system's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<Ms>,
    /// How fine that clock is, in ms: 1, or 1000 for systems that know seconds only.
    pub resolution_ms: i64,
    /// Only some fields were read (a webhook): a field that is absent is unknown. Otherwise it is empty.
    #[serde(default)]
    pub partial: bool,
}

impl Default for Record {
    fn default() -> Self {
        Self { fields: BTreeMap::new(), modified_at: None, resolution_ms: 1, partial: false }
    }
}

impl Record {
    /// A complete record of these fields, changed at this moment.
    #[must_use]
    pub fn new<N: Into<String>, V: Into<Value>>(
        fields: impl IntoIterator<Item = (N, V)>,
        modified_at: Option<Ms>,
    ) -> Self {
        let field = |(name, value): (N, V)| (name.into(), Field { value: value.into(), modified_at: None });
        Self { fields: fields.into_iter().map(field).collect(), modified_at, ..Self::default() }
    }

    /// Writes the fields of a [`MergeResult`] into the record, as its system would.
    pub fn apply(&mut self, fields: &BTreeMap<String, Value>, at: Option<Ms>) {
        for (name, value) in fields {
            self.fields.insert(name.clone(), Field { value: value.clone(), modified_at: at });
        }
        self.modified_at = self.modified_at.max(at);
    }

    /// The field's value, or `None` when the record does not tell.
    fn value(&self, name: &str) -> Option<&Value> {
        match self.fields.get(name) {
            Some(field) => Some(&field.value),
            None if self.partial => None,
            None => Some(&Value::Null),
        }
    }

    fn stamp(&self, name: &str) -> Option<Ms> {
        self.fields.get(name).and_then(|field| field.modified_at).or(self.modified_at)
    }
}

/// Which way a field goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Both ways; the later change wins.
    #[default]
    Both,
    /// From Rapport to the CRM only.
    Push,
    /// From the CRM to Rapport only.
    Pull,
}

impl Direction {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Push => "push",
            Self::Pull => "pull",
        }
    }

    /// Reads a stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Both, Self::Push, Self::Pull].into_iter().find(|direction| direction.code() == code)
    }
}

/// Whose value stays when both sides have changed a field that goes both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prefer {
    /// Whoever changed it later.
    #[default]
    Newest,
    /// Ours, whenever it was changed.
    Ours,
    /// Theirs, whenever it was changed.
    Theirs,
}

impl Prefer {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Ours => "ours",
            Self::Theirs => "theirs",
        }
    }

    /// Reads a stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Newest, Self::Ours, Self::Theirs].into_iter().find(|prefer| prefer.code() == code)
    }

    /// The side that is preferred, whatever the stamps say.
    #[must_use]
    pub fn side(self) -> Option<Side> {
        match self {
            Self::Newest => None,
            Self::Ours => Some(Side::Local),
            Self::Theirs => Some(Side::Remote),
        }
    }
}

/// How many equal choices of people in a row make a rule worth offering.
pub const LEARNT: usize = 5;

/// The rule that people's last choices for a field suggest, newest first: the side that [`LEARNT`] of them in a row chose.
#[must_use]
pub fn learnt(choices: &[Side]) -> Option<Side> {
    let last = choices.get(..LEARNT)?;
    last.iter().all(|side| *side == last[0]).then_some(last[0])
}

/// What a field holds: decides when two spellings are the same value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Words; space at the ends, kind of line end and Unicode form do not count.
    #[default]
    Text,
    /// Telephone number; formatting does not count.
    Phone,
    /// E-mail address; case does not count.
    Email,
    /// Number, written as a number or as text.
    Number,
    /// Yes or no, however spelled.
    Boolean,
    /// Day: `YYYY-MM-DD`, ms UTC, or a moment.
    Date,
    /// Moment: ms UTC or RFC 3339.
    DateTime,
    /// One of a list, by its code.
    Choice,
    /// Several of a list: a list, or text with semicolons; order does not count.
    Choices,
}

/// How a field of ours and one of theirs belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mapping {
    /// Our field.
    pub local_field: String,
    /// Their field.
    pub remote_field: String,
    /// Which way it goes.
    #[serde(default)]
    pub direction: Direction,
    /// What it holds.
    #[serde(default)]
    pub kind: Kind,
    /// Whose value stays when both sides have changed it; of no account where the field goes one way.
    #[serde(default)]
    pub prefer: Prefer,
    /// Written where the value would be empty (S4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_value: Option<Value>,
    /// Switched off: neither read nor written.
    #[serde(default = "enabled")]
    pub enabled: bool,
}

fn enabled() -> bool {
    true
}

impl Mapping {
    /// A text field that goes both ways.
    #[must_use]
    pub fn new(local_field: impl Into<String>, remote_field: impl Into<String>, kind: Kind) -> Self {
        Self {
            local_field: local_field.into(),
            remote_field: remote_field.into(),
            direction: Direction::Both,
            kind,
            prefer: Prefer::Newest,
            default_value: None,
            enabled: true,
        }
    }
}
