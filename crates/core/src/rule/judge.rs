//! Whether conditions hold, and what they found.
//!
//! [`holds`] stops as soon as the answer is known; [`explain`] looks at every condition. Both compare with the same
//! function, and a property test holds them against each other.

use super::condition::{Condition, Count, Is, Weekday, are_none, is_null};
use super::facts::Facts;
use super::field;
use super::local::{local, minute_of, minutes, within};
use super::shared::Shared;
use super::value::{Value, plain};
use crate::Ms;
use crate::contact::same_tag;
use crate::fold::{read_the_same, same_words};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Longest text that an explanation repeats, in characters.
const TOLD: usize = 200;

/// What a condition is judged in.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// What is known.
    pub facts: &'a Facts,
    /// The rule.
    pub rule: Uuid,
    /// The language of its words.
    pub language: &'a str,
    /// Now.
    pub now: Ms,
}

/// A condition with its answer and what it found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Explained {
    /// Every one.
    All {
        /// The answer.
        met: bool,
        /// The conditions.
        of: Vec<Explained>,
    },
    /// At least one.
    Any {
        /// The answer.
        met: bool,
        /// The conditions.
        of: Vec<Explained>,
    },
    /// Not this.
    Not {
        /// The answer.
        met: bool,
        /// The condition.
        of: Box<Explained>,
    },
    /// A field.
    Field {
        /// The answer.
        met: bool,
        /// Its name.
        field: Shared<String>,
        /// How it is compared.
        is: Is,
        /// With what.
        #[serde(default, skip_serializing_if = "is_null")]
        value: Shared<Json>,
        /// What it holds; null = nothing.
        found: Json,
    },
    /// A time.
    Time {
        /// The answer.
        met: bool,
        /// The days.
        days: Shared<Vec<Weekday>>,
        /// From.
        from: Shared<String>,
        /// To.
        to: Shared<String>,
        /// Whose clock.
        zone: Shared<String>,
        /// The day and time it was: `{"day": "monday", "time": "09:30"}`.
        found: Json,
    },
    /// A count.
    Count {
        /// The answer.
        met: bool,
        /// Of what.
        of: Count,
        /// The words.
        #[serde(default, skip_serializing_if = "are_none")]
        words: Shared<Vec<String>>,
        /// Within these minutes.
        minutes: u32,
        /// How it is compared.
        is: Is,
        /// With what.
        value: u32,
        /// How often it was.
        found: u32,
    },
}

impl Explained {
    /// The answer.
    #[must_use]
    pub fn met(&self) -> bool {
        match self {
            Self::All { met, .. }
            | Self::Any { met, .. }
            | Self::Not { met, .. }
            | Self::Field { met, .. }
            | Self::Time { met, .. }
            | Self::Count { met, .. } => *met,
        }
    }
}

/// Whether a condition holds.
#[must_use]
pub fn holds(condition: &Condition, scene: &Scene<'_>) -> bool {
    match condition {
        Condition::All { of } => of.iter().all(|one| holds(one, scene)),
        Condition::Any { of } => of.iter().any(|one| holds(one, scene)),
        Condition::Not { of } => !holds(of, scene),
        Condition::Field { field, is, value } => compare(*is, &field::read(field, scene), value, scene),
        Condition::Time { days, from, to, zone } => in_time(days, from, to, local(scene.now, zone, scene.facts)),
        Condition::Count { of, words, minutes, is, value } => {
            compare_numbers(*is, f64::from(count(*of, words, *minutes, scene)), f64::from(*value))
        }
    }
}

/// A condition with every answer and every value.
#[must_use]
pub fn explain(condition: &Condition, scene: &Scene<'_>) -> Explained {
    match condition {
        Condition::All { of } => {
            let of: Vec<Explained> = of.iter().map(|one| explain(one, scene)).collect();
            Explained::All { met: of.iter().all(Explained::met), of }
        }
        Condition::Any { of } => {
            let of: Vec<Explained> = of.iter().map(|one| explain(one, scene)).collect();
            Explained::Any { met: of.iter().any(Explained::met), of }
        }
        Condition::Not { of } => {
            let of = Box::new(explain(of, scene));
            Explained::Not { met: !of.met(), of }
        }
        Condition::Field { field, is, value } => {
            let found = field::read(field, scene);
            let met = compare(*is, &found, value, scene);
            Explained::Field { met, field: field.clone(), is: *is, value: value.clone(), found: told(found) }
        }
        Condition::Time { days, from, to, zone } => {
            let now = local(scene.now, zone, scene.facts);
            let found = now.map_or(
                Json::Null,
                |(day, minute)| json!({ "day": day, "time": format!("{:02}:{:02}", minute / 60, minute % 60) }),
            );
            let met = in_time(days, from, to, now);
            let (days, from, to, zone) = (days.clone(), from.clone(), to.clone(), zone.clone());
            Explained::Time { met, days, from, to, zone, found }
        }
        Condition::Count { of, words, minutes, is, value } => {
            let found = count(*of, words, *minutes, scene);
            let met = compare_numbers(*is, f64::from(found), f64::from(*value));
            let (of, words, minutes, is, value) = (*of, words.clone(), *minutes, *is, *value);
            Explained::Count { met, of, words, minutes, is, value, found }
        }
    }
}

/// What was found, as it is told: long words cut.
fn told(found: Value) -> Json {
    match found {
        Value::Text(words) => match words.char_indices().nth(TOLD) {
            Some((end, _)) => Json::String(format!("{}…", &words[..end])),
            None => Json::String(words),
        },
        other => json!(other),
    }
}

fn in_time(days: &[Weekday], from: &str, to: &str, now: Option<(Weekday, u16)>) -> bool {
    match (now, minute_of(from), minute_of(to)) {
        (Some(now), Some(from), Some(to)) => within(now, days, from, to),
        _ => false,
    }
}

fn count(of: Count, words: &[String], within: u32, scene: &Scene<'_>) -> u32 {
    let since = scene.now.plus(-minutes(within));
    let said = || scene.facts.said.iter().filter(move |said| said.at > since && said.at <= scene.now);
    let says = |said: &&super::facts::Said| words.iter().any(|word| said.heard.says(scene.language, word));
    let hot = |said: &&super::facts::Said| said.heard.hot(words);
    let number = match of {
        Count::Said => said().filter(|said| said.inbound).filter(says).count(),
        Count::SaidInARow => said().filter(|said| said.inbound).take_while(says).count(),
        Count::HotWords => said().filter(|said| said.inbound).filter(hot).count(),
        Count::HotWordsInARow => said().filter(|said| said.inbound).take_while(hot).count(),
        Count::MessagesIn => said().filter(|said| said.inbound).count(),
        Count::MessagesOut => said().filter(|said| !said.inbound).count(),
        Count::Runs => {
            let own = scene.facts.runs.iter().filter(|run| run.rule_id == scene.rule);
            own.filter(|run| run.at > since && run.at <= scene.now).count()
        }
    };
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The one comparison. Total: what cannot be compared is not met, unless the comparison says that something is not so.
fn compare(is: Is, found: &Value, wanted: &Json, scene: &Scene<'_>) -> bool {
    match is {
        Is::Empty => found.is_empty(),
        Is::Filled => !found.is_empty(),
        Is::Is => same(found, wanted),
        Is::IsNot => !same(found, wanted),
        Is::OneOf => items(wanted).any(|one| same(found, one)),
        Is::NoneOf => !items(wanted).any(|one| same(found, one)),
        Is::Contains => contains(found, wanted),
        Is::ContainsNot => !contains(found, wanted),
        Is::StartsWith => words(found).is_some_and(|words| words.starts_with(&same_words(&plain(wanted)))),
        Is::Says => says(wanted, scene),
        Is::SaysNot => !says(wanted, scene),
        Is::Has => has(found, wanted),
        Is::HasNot => !has(found, wanted),
        Is::HasAny => items(wanted).any(|one| has(found, one)),
        Is::HasNone => !items(wanted).any(|one| has(found, one)),
        Is::MoreThan | Is::AtLeast | Is::LessThan | Is::AtMost => {
            let pair = found.number().zip(wanted.as_f64());
            pair.is_some_and(|(found, wanted)| compare_numbers(is, found, wanted))
        }
        Is::Within => ago(found, wanted, scene).is_some_and(|(ago, wanted)| (0..=wanted).contains(&ago)),
        Is::LongerAgo => ago(found, wanted, scene).is_some_and(|(ago, wanted)| ago > wanted),
    }
}

fn compare_numbers(is: Is, found: f64, wanted: f64) -> bool {
    match is {
        Is::MoreThan => found > wanted,
        Is::AtLeast => found >= wanted,
        Is::LessThan => found < wanted,
        Is::AtMost => found <= wanted,
        Is::Is => (found - wanted).abs() < f64::EPSILON,
        Is::IsNot => (found - wanted).abs() >= f64::EPSILON,
        _ => false,
    }
}

fn items(wanted: &Json) -> impl Iterator<Item = &Json> {
    wanted.as_array().into_iter().flatten()
}

fn same(found: &Value, wanted: &Json) -> bool {
    match found {
        Value::Nothing | Value::Moment(_) => false,
        Value::Flag(flag) => {
            wanted.as_bool() == Some(*flag) || wanted.as_str() == Some(if *flag { "true" } else { "false" })
        }
        Value::Number(number) => {
            let wanted = wanted.as_f64().or_else(|| plain(wanted).trim().parse().ok());
            wanted.is_some_and(|wanted| compare_numbers(Is::Is, *number, wanted))
        }
        Value::Text(words) => read_the_same(words, &plain(wanted)),
        Value::List(_) => has(found, wanted),
    }
}

fn words(found: &Value) -> Option<String> {
    match found {
        Value::Text(words) => Some(same_words(words)),
        _ => None,
    }
}

fn contains(found: &Value, wanted: &Json) -> bool {
    words(found).is_some_and(|words| words.contains(&same_words(&plain(wanted))))
}

fn has(found: &Value, wanted: &Json) -> bool {
    let Value::List(items) = found else { return false };
    let wanted = plain(wanted);
    items.iter().any(|item| same_tag(item, &wanted))
}

fn says(wanted: &Json, scene: &Scene<'_>) -> bool {
    let Some(message) = &scene.facts.message else { return false };
    items(wanted).filter_map(Json::as_str).any(|word| message.heard.says(scene.language, word))
}

/// How long ago a moment is and how long is meant, in milliseconds.
fn ago(found: &Value, wanted: &Json, scene: &Scene<'_>) -> Option<(i64, i64)> {
    let Value::Moment(at) = found else { return None };
    let wanted = u32::try_from(wanted.as_u64()?).ok()?;
    Some((scene.now.since(*at), minutes(wanted)))
}
