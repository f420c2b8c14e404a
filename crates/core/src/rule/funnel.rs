//! What became of a rule's messages: arrived, read, answered - or the wish for a person.

use super::handover::wanted_after;
use crate::{ConversationId, Ms};
use std::collections::BTreeMap;

/// A share of wishes above this says that a rule is badly made, percent (`product.md` A9).
pub const WISHES_PERCENT: u64 = 15;
/// Fewer runs say nothing yet.
pub const WISHES_RUNS: u64 = 20;

/// A message of the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent<'a> {
    /// The run it belongs to.
    pub run: &'a str,
    /// Where.
    pub conversation_id: ConversationId,
    /// When.
    pub at: Ms,
    /// Whether the provider took it.
    pub sent: bool,
    /// Whether it arrived.
    pub delivered: bool,
    /// Whether it was read.
    pub read: bool,
}

/// What became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answers {
    /// Messages that the provider took.
    pub sent: u64,
    /// Messages that arrived.
    pub delivered: u64,
    /// Messages that were read.
    pub read: u64,
    /// Runs that wrote.
    pub runs: u64,
    /// Runs after whose message the customer wrote within a day.
    pub replied: u64,
    /// Runs after whose message the customer asked for a person within a day.
    pub human: u64,
}

impl Answers {
    /// The share of wishes, percent.
    #[must_use]
    pub fn percent(&self) -> u64 {
        (self.human * 100).checked_div(self.runs).unwrap_or(0)
    }

    /// Whether so many ask for a person that the rule is badly made.
    #[must_use]
    pub fn too_many(&self) -> bool {
        too_many_wishes(self.runs, self.human)
    }
}

/// Whether so many of the runs that wrote were followed by a wish for a person that the rule is badly made.
#[must_use]
pub fn too_many_wishes(runs: u64, human: u64) -> bool {
    runs >= WISHES_RUNS && human * 100 > WISHES_PERCENT * runs
}

/// Sums up what became of messages. `wrote` is what customers wrote, in any order; `asks` says whether they ask for a
/// person in it, and is asked only where that counts.
#[must_use]
pub fn answers<T>(sent: &[Sent<'_>], wrote: &[(ConversationId, Ms, T)], asks: impl Fn(&T) -> bool) -> Answers {
    let mut found = Answers::default();
    let mut runs: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    let mut places: BTreeMap<ConversationId, Vec<&Sent<'_>>> = BTreeMap::new();
    for one in sent.iter().filter(|one| one.sent) {
        found.sent += 1;
        found.delivered += u64::from(one.delivered);
        found.read += u64::from(one.read);
        runs.entry(one.run).or_default();
        places.entry(one.conversation_id).or_default().push(one);
    }
    for (conversation, at, what) in wrote {
        let before = places.get(conversation).into_iter().flatten().filter(|one| wanted_after(one.at, *at));
        let concerned: Vec<&str> = before.map(|one| one.run).collect();
        let human = !concerned.is_empty() && asks(what);
        for run in concerned {
            let known = runs.entry(run).or_default();
            *known = (true, known.1 || human);
        }
    }
    found.runs = runs.len() as u64;
    found.replied = runs.values().filter(|(replied, _)| *replied).count() as u64;
    found.human = runs.values().filter(|(_, human)| *human).count() as u64;
    found
}
