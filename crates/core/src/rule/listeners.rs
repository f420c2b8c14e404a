//! Who listens to what: prepared once for a set of rules, so that an event finds its rules without asking each.

use super::decide::Known;
use super::definition::Phrase;
use super::event::{Event, What};
use super::heard::Heard;
use super::trigger::Trigger;
use crate::contact::tag_key;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Rules by what makes them look; rules are named by their place in the set.
#[derive(Debug, Default)]
pub struct Listeners {
    messages: Vec<usize>,
    phrases: HashMap<Phrase, Vec<usize>>,
    hot_words: Named,
    intents: Named,
    opened: Vec<usize>,
    assigned: Vec<usize>,
    resolved: Vec<usize>,
    tags: Named,
    fields: Named,
    orders: Vec<usize>,
    parcels: Vec<usize>,
    waits: BTreeMap<u32, Vec<usize>>,
    timers: HashMap<Uuid, usize>,
    settle: Vec<i64>,
}

/// Those that listen to anything of a kind, and those that listen to some names.
#[derive(Debug, Default)]
struct Named {
    any: Vec<usize>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Named {
    fn add(&mut self, place: usize, names: Vec<String>) {
        if names.is_empty() {
            self.any.push(place);
        }
        for name in names {
            self.by_name.entry(name).or_default().push(place);
        }
    }

    fn is_empty(&self) -> bool {
        self.any.is_empty() && self.by_name.is_empty()
    }

    fn find(&self, name: &str) -> &[usize] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }
}

impl Listeners {
    /// Prepares a set of rules.
    #[must_use]
    pub fn new(rules: &[Known]) -> Self {
        let mut made = Self::default();
        for (place, rule) in rules.iter().enumerate() {
            made.settle.push(rule.definition.settle_ms());
            for trigger in &rule.definition.when {
                made.add(place, rule, trigger);
            }
        }
        made
    }

    fn add(&mut self, place: usize, rule: &Known, trigger: &Trigger) {
        match trigger {
            Trigger::MessageReceived => self.messages.push(place),
            Trigger::Keyword { words } => {
                for word in words {
                    self.phrases.entry(rule.definition.phrase(word)).or_default().push(place);
                }
            }
            Trigger::HotWord { topics } => self.hot_words.add(place, trimmed(topics)),
            Trigger::Intent { intents } => self.intents.add(place, trimmed(intents)),
            Trigger::ConversationOpened => self.opened.push(place),
            Trigger::ConversationAssigned => self.assigned.push(place),
            Trigger::ConversationResolved => self.resolved.push(place),
            Trigger::TagAdded { tags } => self.tags.add(place, tags.iter().map(|tag| tag_key(tag)).collect()),
            Trigger::FieldChanged { fields } => self.fields.add(place, fields.clone()),
            Trigger::OrderChanged { .. } => self.orders.push(place),
            Trigger::ShipmentChanged { .. } => self.parcels.push(place),
            Trigger::Unanswered { minutes } => self.waits.entry(*minutes).or_default().push(place),
            Trigger::Timer { .. } => {
                self.timers.insert(rule.id, place);
            }
        }
    }

    /// The rules that listen to an event, in their order. `heard`: what its message says.
    #[must_use]
    pub fn find(&self, event: &Event, heard: &Heard) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        match &event.what {
            What::Message => {
                found.extend(&self.messages);
                for phrase in heard.phrases() {
                    found.extend(self.phrases.get(phrase).into_iter().flatten());
                }
                for (place, topic) in heard.hot_words().enumerate() {
                    found.extend(self.hot_words.any.iter().filter(|_| place == 0));
                    found.extend(self.hot_words.find(topic));
                }
                if let Some(intent) = heard.intent() {
                    found.extend(self.intents.any.iter().chain(self.intents.find(intent)));
                }
            }
            What::Opened => found.extend(&self.opened),
            What::Assigned => found.extend(&self.assigned),
            What::Resolved => found.extend(&self.resolved),
            What::Tagged { tags } => {
                found.extend(&self.tags.any);
                tags.iter().for_each(|tag| found.extend(self.tags.find(&tag_key(tag))));
            }
            What::Changed { fields } => {
                found.extend(&self.fields.any);
                fields.iter().for_each(|field| found.extend(self.fields.find(field)));
            }
            // Which statuses a rule waits for is asked when it is judged.
            What::Order { .. } => found.extend(&self.orders),
            What::Shipment { .. } => found.extend(&self.parcels),
            What::Unanswered { minutes, .. } => found.extend(self.waits.get(minutes).into_iter().flatten()),
            What::Timer { rule_id } => found.extend(self.timers.get(rule_id)),
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// How long the rule at this place waits before it judges such an event. Milliseconds.
    #[must_use]
    pub fn settle_ms(&self, place: usize, event: &Event) -> i64 {
        // Who has waited, or a time of the day, is not in a hurry to be settled.
        let timed = matches!(event.what, What::Unanswered { .. } | What::Timer { .. });
        if timed { 0 } else { self.settle.get(place).copied().unwrap_or(0) }
    }

    /// Whether any rule is woken by words, or by every message.
    #[must_use]
    pub fn hear_messages(&self) -> bool {
        !self.messages.is_empty() || !self.phrases.is_empty() || self.hear_hot_words() || self.hear_intents()
    }

    /// Whether any rule is woken by hot words.
    #[must_use]
    pub fn hear_hot_words(&self) -> bool {
        !self.hot_words.is_empty()
    }

    /// Whether any rule is woken by what customers want.
    #[must_use]
    pub fn hear_intents(&self) -> bool {
        !self.intents.is_empty()
    }

    /// How long customers wait before some rule looks, minutes.
    pub fn waits(&self) -> impl Iterator<Item = u32> {
        self.waits.keys().copied()
    }
}

fn trimmed(names: &[String]) -> Vec<String> {
    names.iter().map(|name| name.trim().to_owned()).collect()
}
