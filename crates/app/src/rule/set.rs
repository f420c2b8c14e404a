//! The rules of a workspace as the hot paths see them: read once, compiled once, kept while nothing about them changes.

use crate::error::Result;
use rapport_core::rule::{Condition, Definition, Event, Heard, Known, Listeners, Phrase, Trigger};
use rapport_core::time::MINUTE;
use rapport_store::Read;
use rapport_store::rule::{RuleRow, Stamp, VersionRow};
use rapport_text::hotwords::{HotWord, HotWordError, HotWords, MAX_WORDS};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Rules and what they listen for.
#[derive(Debug, Default)]
pub struct RuleSet {
    rules: Vec<Known>,
    stamp: Stamp,
    words: HotWords,
    phrases: Vec<Arc<Phrase>>,
    listeners: Listeners,
    waits: BTreeSet<u32>,
    looks_back: i64,
    longest_limit: i64,
    asks: Asks,
}

/// What rules ask about beyond what costs nothing to know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Asks {
    /// The language of a message.
    pub language: bool,
    /// Its mood, which depends on its language.
    pub mood: bool,
    /// What the customer said before.
    pub words_before: bool,
    /// Their order.
    pub order: bool,
}

impl Asks {
    fn of(rules: &[Known]) -> Self {
        let mut asks = Self::default();
        for rule in rules {
            let shop =
                |trigger: &Trigger| matches!(trigger, Trigger::OrderChanged { .. } | Trigger::ShipmentChanged { .. });
            asks.order |= rule.definition.when.iter().any(shop);
            rule.definition.each_leaf(&mut |_, leaf| match leaf {
                Condition::Field { field, .. } => {
                    asks.order |= field.starts_with("order.") || field.starts_with("shipment.");
                    asks.mood |= field == "message.mood";
                    asks.language |= field == "message.language" || field == "message.mood";
                }
                Condition::Count { of, .. } => asks.words_before |= of.of_words(),
                _ => {}
            });
        }
        asks
    }
}

/// A stored rule.
///
/// # Errors
/// `Internal` when this version cannot read it.
pub(crate) fn known(row: RuleRow) -> Result<Known> {
    let definition = read(row.definition)?;
    Ok(Known { id: row.id, version: row.version, enabled: row.enabled, shadow: row.shadow != 0, definition })
}

/// A rule as it was, switched on or off as it is now, for a run that only watches or not.
///
/// # Errors
/// `Internal` when this version cannot read it.
pub(crate) fn known_version(row: VersionRow, (enabled, shadow): (bool, bool)) -> Result<Known> {
    Ok(Known { id: row.rule_id, version: row.version, enabled, shadow, definition: read(row.definition)? })
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
        let phrases = phrases.into_iter().map(Arc::new).collect();
        let listeners = Listeners::new(&rules);
        let waits = listeners.waits().collect();
        let longest = |of: fn(&Definition) -> i64| rules.iter().map(|rule| of(&rule.definition)).max().unwrap_or(0);
        let looks_back = longest(Definition::looks_back);
        let longest_limit = longest(|definition| i64::from(definition.limit.minutes) * MINUTE);
        let asks = Asks::of(&rules);
        Self { rules, stamp, words, phrases, listeners, waits, looks_back, longest_limit, asks }
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

    /// The longest time that any rule's limit counts. Milliseconds.
    #[must_use]
    pub fn longest_limit(&self) -> i64 {
        self.longest_limit
    }

    /// What the rules ask about.
    pub(crate) fn asks(&self) -> Asks {
        self.asks
    }

    /// Whether any rule is woken by what customers write.
    #[must_use]
    pub fn hears_messages(&self) -> bool {
        self.listeners.hear_messages()
    }

    /// The phrases a text says.
    #[must_use]
    pub fn heard(&self, text: &str) -> Heard {
        if self.phrases.is_empty() {
            return Heard::default();
        }
        self.words.find(text).into_iter().filter_map(|hit| self.phrases.get(hit.word).cloned()).collect()
    }

    /// The rules that listen to an event, by how long each waits before it judges. Milliseconds.
    #[must_use]
    pub fn listening(&self, event: &Event, heard: &Heard) -> BTreeMap<i64, Vec<&Known>> {
        let mut found: BTreeMap<i64, Vec<&Known>> = BTreeMap::new();
        for place in self.listeners.find(event, heard) {
            if let Some(rule) = self.rules.get(place) {
                found.entry(self.listeners.settle_ms(place, event)).or_default().push(rule);
            }
        }
        found
    }
}
