//! The merge itself.

use super::canon::{canonical, written};
use super::{Direction, Mapping, Record, Side};
use crate::Ms;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What to write where, and why.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MergeResult {
    /// Our fields to write.
    pub to_local: BTreeMap<String, Value>,
    /// Their fields to write: only changed ones.
    pub to_remote: BTreeMap<String, Value>,
    /// The agreed state once both are written, by local names: the base of the next merge. Keep it only when both
    /// writes succeeded.
    pub base: BTreeMap<String, Value>,
    /// Values that lost: for the review list and the audit, never thrown away.
    pub conflicts: Vec<Conflict>,
    /// One line a mapping.
    pub explanation: Vec<Trace>,
}

impl MergeResult {
    /// Nothing to write on either side.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.to_local.is_empty() && self.to_remote.is_empty()
    }
}

/// Two values for one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// Our field.
    pub field: String,
    /// Their field.
    pub remote_field: String,
    /// Our value.
    pub local: Value,
    /// Their value.
    pub remote: Value,
    /// What both sides last agreed on, in canonical form; null when that was nothing, or when they never did.
    pub base: Value,
    /// When ours was changed, where known.
    pub local_at: Option<Ms>,
    /// When theirs was changed, where known.
    pub remote_at: Option<Ms>,
    /// Whose value stays.
    pub winner: Side,
    /// The value that is overwritten.
    pub loser: Value,
    /// What decided.
    pub won_by: WonBy,
}

/// What decided a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WonBy {
    /// Changed later.
    Later,
    /// Changed at the same moment as far as the coarser clock can tell, or nobody knows when: the CRM's value stays.
    Tie,
    /// The mapping goes one way only.
    Direction,
    /// A person chose for good whose value of this field stays.
    Preferred,
}

impl WonBy {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Later => "later",
            Self::Tie => "tie",
            Self::Direction => "direction",
            Self::Preferred => "preferred",
        }
    }

    /// Whether nobody has decided yet whose value should stay: the clock did, or chance.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Later | Self::Tie)
    }
}

/// Why a field is (not) written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The same on both sides.
    Equal,
    /// Switched off.
    Disabled,
    /// Another mapping before it has one of its fields.
    Duplicate,
    /// One side did not tell the value.
    Unknown,
    /// Empty on both sides: the default is written.
    Default,
    /// Only one side had a value at the first sync.
    Filled,
    /// Only we changed it.
    LocalChanged,
    /// Only they changed it.
    RemoteChanged,
    /// Both changed it; see the conflict.
    Conflict,
    /// The mapping goes one way and the source's value is written.
    OneWay,
    /// The mapping goes one way, the source is empty and always was: the target keeps its value.
    Kept,
}

/// One mapping, explained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Our field.
    pub local_field: String,
    /// Their field.
    pub remote_field: String,
    /// Why.
    pub reason: Reason,
    /// The agreed value in canonical form; null when empty or not decided.
    pub value: Value,
}

/// Merges two records whose last agreed state was `base` (fields by local names; a field absent there was never
/// synced). `default_country` (ISO, may be empty) is for local phone numbers.
///
/// For each enabled mapping that goes both ways: a value changed on one side only goes to the other, an emptied one
/// too; at the first sync a value fills an empty place; where both sides have changed, the side that the mapping prefers
/// wins, and where it prefers none the later change, by field stamps where there are any, else by record stamps. Stamps are compared at the resolution of the coarser clock, for
/// a clock that knows seconds cannot say who was first within one; equal or missing stamps leave the remote value,
/// because the CRM is where a business looks for the truth. The rule reads nothing but its arguments, so every node
/// decides alike.
///
/// One-way mappings write the source's value over the target's; a source that was always empty overwrites nothing.
#[must_use]
pub fn merge(
    local: &Record,
    remote: &Record,
    base: &Record,
    mappings: &[Mapping],
    default_country: &str,
) -> MergeResult {
    let mut result = MergeResult::default();
    for (at, mapping) in mappings.iter().enumerate() {
        let mut earlier = mappings[..at].iter().filter(|other| other.enabled);
        let taken = earlier.any(|o| o.local_field == mapping.local_field || o.remote_field == mapping.remote_field);
        let pair = Pair { local, remote, base, mapping, default_country };
        let (reason, value) = if !mapping.enabled {
            (Reason::Disabled, Value::Null)
        } else if taken {
            (Reason::Duplicate, Value::Null)
        } else {
            pair.merge(&mut result)
        };
        result.explanation.push(Trace {
            local_field: mapping.local_field.clone(),
            remote_field: mapping.remote_field.clone(),
            reason,
            value,
        });
    }
    result
}

/// One mapping with the three records.
struct Pair<'a> {
    local: &'a Record,
    remote: &'a Record,
    base: &'a Record,
    mapping: &'a Mapping,
    default_country: &'a str,
}

/// The three values of a field in canonical form.
struct Values {
    local: Value,
    remote: Value,
    /// `None`: never synced.
    base: Option<Value>,
}

/// What one field comes to.
struct Choice {
    reason: Reason,
    /// Whose value it is; `None`: neither's (the default, or the target keeps its own).
    from: Option<Side>,
    won_by: Option<WonBy>,
}

impl Choice {
    fn of(reason: Reason, from: Option<Side>) -> Self {
        Self { reason, from, won_by: None }
    }
}

impl Pair<'_> {
    fn merge(&self, result: &mut MergeResult) -> (Reason, Value) {
        let (local, remote) =
            (self.local.value(&self.mapping.local_field), self.remote.value(&self.mapping.remote_field));
        let known = self.base.fields.get(&self.mapping.local_field).map(|field| self.canonical(&field.value));
        let (Some(raw_local), Some(raw_remote)) = (local, remote) else {
            // What is not known now keeps its last agreed value.
            result.base.extend(known.map(|value| (self.mapping.local_field.clone(), value)));
            return (Reason::Unknown, Value::Null);
        };
        let values = Values { local: self.canonical(raw_local), remote: self.canonical(raw_remote), base: known };
        let choice = match self.mapping.direction {
            Direction::Both => self.both_ways(&values),
            Direction::Push => self.one_way(Side::Local, &values.local, &values.remote, values.base.as_ref()),
            Direction::Pull => self.one_way(Side::Remote, &values.remote, &values.local, values.base.as_ref()),
        };
        if choice.reason == Reason::Kept {
            result.base.insert(self.mapping.local_field.clone(), Value::Null);
            return (Reason::Kept, Value::Null);
        }
        let raw = match choice.from {
            Some(Side::Local) => raw_local,
            Some(Side::Remote) => raw_remote,
            None => &Value::Null,
        };
        let mut agreed = written(self.mapping.kind, raw, self.default_country);
        if agreed.is_null() {
            agreed = self.default();
        }
        let value = self.canonical(&agreed);
        if self.mapping.direction != Direction::Push && values.local != value {
            result.to_local.insert(self.mapping.local_field.clone(), agreed.clone());
        }
        if self.mapping.direction != Direction::Pull && values.remote != value {
            result.to_remote.insert(self.mapping.remote_field.clone(), agreed);
        }
        result.base.insert(self.mapping.local_field.clone(), value.clone());
        if let (Some(won_by), Some(winner)) = (choice.won_by, choice.from) {
            let mut conflict = self.conflict(raw_local, raw_remote, winner, won_by);
            conflict.base = values.base.unwrap_or_default();
            result.conflicts.push(conflict);
        }
        (choice.reason, value)
    }

    fn both_ways(&self, values: &Values) -> Choice {
        let Values { local, remote, base } = values;
        if local == remote {
            let defaulted = local.is_null() && !self.default().is_null();
            return Choice::of(if defaulted { Reason::Default } else { Reason::Equal }, Some(Side::Local));
        }
        match base {
            Some(base) if base == local => Choice::of(Reason::RemoteChanged, Some(Side::Remote)),
            Some(base) if base == remote => Choice::of(Reason::LocalChanged, Some(Side::Local)),
            None if local.is_null() => Choice::of(Reason::Filled, Some(Side::Remote)),
            None if remote.is_null() => Choice::of(Reason::Filled, Some(Side::Local)),
            _ => {
                let preferred = self.mapping.prefer.side().map(|side| (side, WonBy::Preferred));
                let (winner, won_by) = preferred.unwrap_or_else(|| self.later());
                Choice { reason: Reason::Conflict, from: Some(winner), won_by: Some(won_by) }
            }
        }
    }

    fn one_way(&self, from: Side, source: &Value, target: &Value, base: Option<&Value>) -> Choice {
        let default = self.canonical(&self.default());
        let wanted = if source.is_null() { &default } else { source };
        if wanted == target {
            return Choice::of(Reason::Equal, Some(from));
        }
        if wanted.is_null() && base.is_none_or(Value::is_null) {
            return Choice::of(Reason::Kept, None);
        }
        let reason = if source.is_null() && !default.is_null() { Reason::Default } else { Reason::OneWay };
        // Whatever stood there and was not the agreed value goes to the review list.
        let lost = !target.is_null() && base != Some(target);
        Choice { reason, from: Some(from), won_by: lost.then_some(WonBy::Direction) }
    }

    fn later(&self) -> (Side, WonBy) {
        let grain = self.local.resolution_ms.max(self.remote.resolution_ms).max(1);
        let cut = |stamp: Option<Ms>| stamp.map(|at| at.0.div_euclid(grain));
        let local = cut(self.local.stamp(&self.mapping.local_field));
        let remote = cut(self.remote.stamp(&self.mapping.remote_field));
        match local.cmp(&remote) {
            Ordering::Greater => (Side::Local, WonBy::Later),
            Ordering::Less => (Side::Remote, WonBy::Later),
            Ordering::Equal => (Side::Remote, WonBy::Tie),
        }
    }

    fn conflict(&self, local: &Value, remote: &Value, winner: Side, won_by: WonBy) -> Conflict {
        Conflict {
            field: self.mapping.local_field.clone(),
            remote_field: self.mapping.remote_field.clone(),
            local: local.clone(),
            remote: remote.clone(),
            base: Value::Null,
            local_at: self.local.stamp(&self.mapping.local_field),
            remote_at: self.remote.stamp(&self.mapping.remote_field),
            winner,
            loser: if winner == Side::Local { remote.clone() } else { local.clone() },
            won_by,
        }
    }

    fn canonical(&self, value: &Value) -> Value {
        canonical(self.mapping.kind, value, self.default_country)
    }

    fn default(&self) -> Value {
        let default = self.mapping.default_value.as_ref().unwrap_or(&Value::Null);
        written(self.mapping.kind, default, self.default_country)
    }
}
