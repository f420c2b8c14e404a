//! The rules of a workspace as the hot paths see them: read once, compiled once, kept while nothing about them changes.

use crate::error::Result;
use crate::state::App;
use crate::understanding::Reader;
use rapport_core::WorkspaceId;
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
    reader: Option<Arc<Reader>>,
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
    /// The hot words of a message.
    pub hot_words: bool,
    /// The hot words the customer said before.
    pub hot_words_before: bool,
    /// What the customer wants.
    pub intent: bool,
    /// The products of a message.
    pub products: bool,
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
            asks.hot_words |= rule.definition.when.iter().any(|one| matches!(one, Trigger::HotWord { .. }));
            asks.intent |= rule.definition.when.iter().any(|one| matches!(one, Trigger::Intent { .. }));
            rule.definition.each_leaf(&mut |_, leaf| match leaf {
                Condition::Field { field, .. } => {
                    let field = field.as_str();
                    asks.order |= field.starts_with("order.") || field.starts_with("shipment.");
                    asks.mood |= field == "message.mood";
                    asks.language |= field == "message.language" || field == "message.mood";
                    asks.hot_words |= field == "message.hot_words";
                    asks.intent |= field == "message.intent";
                    asks.products |= field == "message.products";
                }
                Condition::Count { of, .. } => {
                    asks.words_before |= of.of_phrases();
                    asks.hot_words_before |= of.of_hot_words();
                }
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
        Self { rules, stamp, words, phrases, listeners, waits, looks_back, longest_limit, asks, reader: None }
    }

    /// One rule, whoever else listens, with what it reads messages with.
    ///
    /// # Errors
    /// `Store`.
    pub(crate) async fn only(app: &App, workspace: WorkspaceId, rule: Known) -> Result<Self> {
        let mut set = Self::of(vec![rule], Stamp::default());
        if set.reads() {
            set.reader = Some(app.channels.reader(workspace).await?);
        }
        Ok(set)
    }

    /// The same rules, reading messages with this; compiled anew only when they read with something else so far.
    pub(crate) fn read_by(rules: Arc<Self>, reader: Arc<Reader>) -> Arc<Self> {
        if rules.reader.as_ref().is_some_and(|known| Arc::ptr_eq(known, &reader)) {
            return rules;
        }
        Arc::new(Self { reader: Some(reader), ..Self::of(rules.rules.clone(), rules.stamp) })
    }

    /// Whether the rules ask for hot words, for what is wanted or for products: then messages are read for them.
    #[must_use]
    pub fn reads(&self) -> bool {
        let asks = self.asks;
        asks.hot_words || asks.hot_words_before || asks.intent || asks.products
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

    /// What a text says, of what the rules ask about.
    #[must_use]
    pub fn heard(&self, text: &str) -> Heard {
        let asks = self.asks;
        self.said(text, (true, asks.hot_words || asks.hot_words_before, asks.intent))
    }

    /// What a text says, of what wakes rules.
    #[must_use]
    pub(crate) fn woken(&self, text: &str) -> Heard {
        self.said(text, (true, self.listeners.hear_hot_words(), self.listeners.hear_intents()))
    }

    /// What a text of before says, of what the rules count.
    #[must_use]
    pub(crate) fn counted(&self, text: &str) -> Heard {
        self.said(text, (self.asks.words_before, self.asks.hot_words_before, false))
    }

    /// The products a text speaks of without doubt, where a rule asks.
    pub(crate) fn products(&self, text: &str) -> Vec<String> {
        match &self.reader {
            Some(reader) if self.asks.products => reader.sold().find(text),
            _ => Vec::new(),
        }
    }

    fn said(&self, text: &str, (phrases, hot_words, intent): (bool, bool, bool)) -> Heard {
        let mut heard = Heard::default();
        if phrases && !self.phrases.is_empty() {
            heard = self.words.find(text).into_iter().filter_map(|hit| self.phrases.get(hit.word).cloned()).collect();
        }
        let Some(reader) = self.reader.as_ref().filter(|_| hot_words || intent) else { return heard };
        let topics = if hot_words { reader.topics(text) } else { Vec::new() };
        heard.with(topics, if intent { reader.intent(text) } else { None })
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
