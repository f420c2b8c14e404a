//! Telling our own writes from changes, and stopping what goes round in circles (S6).

use super::canon::record_hash;
use super::{Mapping, Record, Side};
use crate::Ms;
use crate::time::MINUTE;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What we know of our last write to a remote record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pushed {
    /// [`record_hash`] of the record as it stood after the write.
    pub hash: Option<String>,
    /// The stamp the vendor's answer gave the record.
    pub stamp: Option<Ms>,
}

/// How an echo was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EchoBy {
    /// The mapped fields are what we wrote.
    Hash,
    /// The record was last changed at the very moment of our write.
    Stamp,
}

/// Whether a remote record that is reported as changed is only our own write come back. The stamp counts only with a
/// clock of milliseconds: within a second somebody else may have changed it too. A partial record cannot be compared
/// by hash.
#[must_use]
pub fn is_echo(pushed: &Pushed, record: &Record, mappings: &[Mapping], default_country: &str) -> Option<EchoBy> {
    let hash = || record_hash(record, Side::Remote, mappings, default_country);
    if !record.partial && pushed.hash.as_ref().is_some_and(|known| *known == hash()) {
        return Some(EchoBy::Hash);
    }
    let same_stamp = pushed.stamp.is_some() && pushed.stamp == record.modified_at;
    (same_stamp && record.resolution_ms <= 1).then_some(EchoBy::Stamp)
}

/// Writes to and fro that one change may cause before it counts as a loop, when they bring the same contents again.
pub const MAX_DEPTH: u8 = 5;
/// The same where each brings something new: two people at work, or two rules that add to each other's words.
pub const MAX_STEPS: u8 = 20;
/// Writes further apart than this have nothing to do with each other. Milliseconds.
pub const LOOP_SPAN: i64 = 10 * MINUTE;

/// A write the sync made for one pair of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// When.
    pub at: Ms,
    /// The side it was written to.
    pub to: Side,
    /// A person's edit caused it: what came before is no part of a circle.
    pub by_person: bool,
    /// [`mark`] of what was written; unknown in trails of old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<u64>,
}

/// Tells contents of writes apart: equal for equal fields and values.
#[must_use]
pub fn mark(written: &BTreeMap<String, Value>) -> u64 {
    let digest = Sha256::digest(serde_json::to_vec(written).unwrap_or_default());
    digest.iter().take(8).fold(0, |mark, byte| mark << 8 | u64::from(*byte))
}

/// Whether the next write may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum LoopVerdict {
    /// Yes; it is the so-many-eth in a row.
    Continue {
        /// 1 for a first write.
        depth: u8,
    },
    /// No: the record goes round in circles (a rule here and a workflow there undo each other). Shown to a person.
    Stop {
        /// How many writes there have been.
        depth: u8,
    },
}

/// Judges the next write to side `to`, of contents with this [`mark`], given the writes so far (oldest first). Writes
/// count as a circle while they alternate between the sides, no person stands between them, and each follows the one
/// before within [`LOOP_SPAN`]: after [`MAX_DEPTH`] of them when one brought the same contents, after [`MAX_STEPS`]
/// whatever they bring.
#[must_use]
pub fn guard_loop(trail: &[Hop], to: Side, mark: u64, now: Ms) -> LoopVerdict {
    let (mut depth, mut next_to, mut next_at, mut again) = (0u8, to, now, false);
    for hop in trail.iter().rev() {
        if hop.to == next_to || next_at.since(hop.at) > LOOP_SPAN {
            break;
        }
        depth = depth.saturating_add(1);
        again |= hop.to == to && hop.mark.is_none_or(|known| known == mark);
        if hop.by_person {
            break;
        }
        (next_to, next_at) = (hop.to, hop.at);
    }
    let most = if again { MAX_DEPTH } else { MAX_STEPS };
    if depth >= most { LoopVerdict::Stop { depth } } else { LoopVerdict::Continue { depth: depth + 1 } }
}
