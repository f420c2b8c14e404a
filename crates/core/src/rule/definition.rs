//! A rule as it is written down: by people in the form, by programs as JSON or YAML.

use super::condition::{Condition, Is};
use super::step::Step;
use super::trigger::Trigger;
use crate::time::{HOUR, SECOND};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a condition on recent data waits for before it is judged. Milliseconds.
const SETTLE_MS: i64 = 5 * SECOND;

/// A rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The language of its words, which decides their forms: `en`, `ar`, ...; nothing = only as they are written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// What makes it look: any of these.
    pub when: Vec<Trigger>,
    /// What must hold.
    #[serde(rename = "if", default)]
    pub conditions: Condition,
    /// What is done then.
    #[serde(rename = "do")]
    pub steps: Vec<Step>,
    /// Of rules that look at the same time the one with the greater number goes first; -1000 to 1000.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub priority: i32,
    /// No rule behind it runs for the same event.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exclusive: bool,
    /// Runs also while a person has the conversation in hand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub during_handover: bool,
    /// How long it waits before it judges, seconds, 0 to 3600. Left out: 5 when it depends on data that may still be on
    /// its way, else 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settle_seconds: Option<u32>,
    /// How often it runs for one customer at most.
    #[serde(default, skip_serializing_if = "Limit::is_usual")]
    pub limit: Limit,
    /// The share of customers it is for, percent; a customer is always on the same side.
    #[serde(default = "everybody", skip_serializing_if = "is_everybody")]
    pub share: u8,
    /// Only for conversations on one of these channels; none = on any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Uuid>,
    /// Only for conversations with one of these teams; none = with any, or with none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<Uuid>,
}

fn is_zero(number: &i32) -> bool {
    *number == 0
}

fn everybody() -> u8 {
    100
}

fn is_everybody(share: &u8) -> bool {
    *share == 100
}

/// How often a rule runs for one customer at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// So many times, 1 to 1000.
    pub times: u32,
    /// Within this time, minutes, 1 to 525,600.
    pub minutes: u32,
}

impl Default for Limit {
    fn default() -> Self {
        Self { times: 10, minutes: 60 }
    }
}

impl Limit {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// Words that a rule listens for, with the language that decides their forms.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phrase {
    /// The rule's language.
    pub language: String,
    /// The words.
    pub text: String,
}

impl Definition {
    /// Whether it is only for some channels or teams.
    #[must_use]
    pub fn is_scoped(&self) -> bool {
        !self.channels.is_empty() || !self.teams.is_empty()
    }

    /// How long it waits before it judges. Milliseconds.
    #[must_use]
    pub fn settle_ms(&self) -> i64 {
        match self.settle_seconds {
            Some(seconds) => i64::from(seconds) * SECOND,
            None if self.depends_on_recent_data() => SETTLE_MS,
            None => 0,
        }
    }

    /// Whether it looks at more than the message and the clock, which do not change any more.
    fn depends_on_recent_data(&self) -> bool {
        let mut recent = !self.teams.is_empty();
        self.each_leaf(&mut |_, leaf| {
            recent |= match leaf {
                Condition::Field { field, .. } => !field.starts_with("message."),
                Condition::Count { .. } => true,
                _ => false,
            };
        });
        recent
    }

    /// Whether any step sends this template.
    #[must_use]
    pub fn sends(&self, template: &str, in_language: &str) -> bool {
        let mut found = false;
        Step::each(&self.steps, "do", &mut |_, step| {
            found |=
                matches!(step, Step::SendTemplate { name, language } if name == template && language == in_language);
        });
        found
    }

    /// Every plain condition of the rule, those of its branches included, with its path.
    pub fn each_leaf<'a>(&'a self, see: &mut dyn FnMut(&str, &'a Condition)) {
        self.conditions.leaves("if", see);
        Step::each(&self.steps, "do", &mut |path, step| {
            if let Step::Branch { when, .. } = step {
                when.leaves(&format!("{path}.if"), see);
            }
        });
    }

    /// The words it listens for.
    #[must_use]
    pub fn phrases(&self) -> BTreeSet<Phrase> {
        let mut words: BTreeSet<&str> = BTreeSet::new();
        for trigger in &self.when {
            if let Trigger::Keyword { words: given } = trigger {
                words.extend(given.iter().map(String::as_str));
            }
        }
        self.each_leaf(&mut |_, leaf| match leaf {
            Condition::Field { is: Is::Says | Is::SaysNot, value, .. } => {
                words.extend(value.as_array().into_iter().flatten().filter_map(Json::as_str));
            }
            Condition::Count { of, words: given, .. } if of.of_phrases() => {
                words.extend(given.iter().map(String::as_str));
            }
            _ => {}
        });
        words.into_iter().map(|text| self.phrase(text)).collect()
    }

    /// The topics of hot words that it asks for by name.
    #[must_use]
    pub fn topics(&self) -> BTreeSet<String> {
        let mut topics = BTreeSet::new();
        for trigger in &self.when {
            if let Trigger::HotWord { topics: given } = trigger {
                topics.extend(given.iter().cloned());
            }
        }
        self.each_leaf(&mut |_, leaf| match leaf {
            Condition::Count { of, words, .. } if of.of_hot_words() => topics.extend(words.iter().cloned()),
            Condition::Field { field, value, .. } if field.as_str() == "message.hot_words" => {
                let several = value.as_array().map_or(std::slice::from_ref(&**value), Vec::as_slice);
                topics.extend(several.iter().filter_map(Json::as_str).map(str::to_owned));
            }
            _ => {}
        });
        topics
    }

    /// One of its words.
    #[must_use]
    pub fn phrase(&self, text: &str) -> Phrase {
        Phrase { language: self.language.clone(), text: text.trim().to_owned() }
    }

    /// How far back it looks at what was said. Milliseconds; 0 when it does not.
    #[must_use]
    pub fn looks_back(&self) -> i64 {
        let mut longest = 0;
        self.each_leaf(&mut |_, leaf| {
            if let Condition::Count { minutes, .. } = leaf {
                longest = longest.max(i64::from(*minutes) * (HOUR / 60));
            }
        });
        longest
    }
}
