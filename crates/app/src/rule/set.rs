//! The rules of a workspace as the hot paths see them: read once, compiled once, kept while nothing about them changes.

use crate::error::Result;
use rapport_core::rule::{Definition, Event, Known, Phrase, Trigger, What};
use rapport_store::Read;
use rapport_store::rule::{RuleRow, Stamp, VersionRow};
use rapport_text::hotwords::{HotWord, HotWordError, HotWords, MAX_WORDS};
use std::collections::{BTreeMap, BTreeSet};

/// Rules and what they listen for.
#[derive(Debug, Default)]
pub struct RuleSet {
    rules: Vec<Known>,
    stamp: Stamp,
    words: HotWords,
    phrases: Vec<Phrase>,
    waits: BTreeSet<u32>,
    looks_back: i64,
}

/// A stored rule.
///
/// # Errors
/// `Internal` when this version cannot read it.
pub(crate) fn known(row: RuleRow) -> Result<Known> {
    let definition = read(row.definition)?;
    Ok(Known { id: row.id, version: row.version, enabled: row.enabled, definition })
}

/// A rule as it was, switched on or off as it is now.
///
/// # Errors
/// `Internal` when this version cannot read it.
pub(crate) fn known_version(row: VersionRow, enabled: bool) -> Result<Known> {
    Ok(Known { id: row.rule_id, version: row.version, enabled, definition: read(row.definition)? })
}

fn read(definition: serde_json::Value) -> Result<Definition> {
    serde_json::from_value(definition)
        .map_err(|error| crate::Error::Internal(format!("a stored rule cannot be read: {error}")))
}

/// Compiles words, leaving out those that cannot be found in any text.
fn compile(phrases: BTreeSet<Phrase>) -> (HotWords, Vec<Phrase>) {
    let mut phrases: Vec<Phrase> = phrases.into_iter().take(MAX_WORDS).collect();
    loop {
        let words: Vec<HotWord> = phrases.iter().map(|phrase| HotWord::new(&phrase.text, &phrase.language)).collect();
        match HotWords::compile(&words) {
            Ok(compiled) => return (compiled, phrases),
            Err(HotWordError::Empty(at) | HotWordError::TooLong(at) | HotWordError::TooManySpellings(at)) => {
                phrases.remove(at);
            }
            Err(HotWordError::TooMany) => phrases.truncate(MAX_WORDS),
        }
    }
}

impl RuleSet {
    /// Compiles rules.
    #[must_use]
    pub fn of(rules: Vec<Known>, stamp: Stamp) -> Self {
        let (words, phrases) = compile(rules.iter().flat_map(|rule| rule.definition.phrases()).collect());
        let triggers = || rules.iter().flat_map(|rule| &rule.definition.when);
        let waits = triggers().filter_map(|trigger| match trigger {
            Trigger::Unanswered { minutes } => Some(*minutes),
            _ => None,
        });
        let waits = waits.collect();
        let looks_back = rules.iter().map(|rule| rule.definition.looks_back()).max().unwrap_or(0);
        Self { rules, stamp, words, phrases, waits, looks_back }
    }

    /// The rules that are switched on, unless `known` are still the same.
    ///
    /// # Errors
    /// `Store`.
    pub async fn load(read: &Read, known: Option<std::sync::Arc<Self>>) -> Result<std::sync::Arc<Self>> {
        let stamp = rapport_store::rule::stamp(read).await?;
        if let Some(known) = known.filter(|known| known.stamp == stamp) {
            return Ok(known);
        }
        let mut rules = Vec::new();
        for row in rapport_store::rule::enabled(read).await? {
            let id = row.id;
            match self::known(row) {
                Ok(rule) => rules.push(rule),
                Err(error) => tracing::warn!(rule = %id, %error, "a rule is left out"),
            }
        }
        Ok(std::sync::Arc::new(Self::of(rules, stamp)))
    }

    /// Whether nothing is listened to.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &[Known] {
        &self.rules
    }

    /// How long customers wait before some rule looks, minutes.
    #[must_use]
    pub fn waits(&self) -> &BTreeSet<u32> {
        &self.waits
    }

    /// How far back conditions look. Milliseconds.
    #[must_use]
    pub fn looks_back(&self) -> i64 {
        self.looks_back
    }

    /// The phrases a text says.
    #[must_use]
    pub fn heard(&self, text: &str) -> BTreeSet<Phrase> {
        if self.phrases.is_empty() {
            return BTreeSet::new();
        }
        self.words.find(text).into_iter().filter_map(|hit| self.phrases.get(hit.word).cloned()).collect()
    }

    /// The rules that listen to an event, by how long each waits before it judges. Milliseconds.
    #[must_use]
    pub fn listening(&self, event: &Event, heard: &BTreeSet<Phrase>) -> BTreeMap<i64, Vec<&Known>> {
        let mut found: BTreeMap<i64, Vec<&Known>> = BTreeMap::new();
        for rule in &self.rules {
            let definition = &rule.definition;
            if definition.when.iter().any(|trigger| trigger.hears(event, rule.id, &definition.language, heard)) {
                // Who has waited, or a time of the day, is not in a hurry to be settled.
                let timed = matches!(event.what, What::Unanswered { .. } | What::Timer { .. });
                let settle = if timed { 0 } else { definition.settle_ms() };
                found.entry(settle).or_default().push(rule);
            }
        }
        found
    }
}
