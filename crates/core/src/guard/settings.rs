//! The policy as settings: every field with what it may be, and how a change is checked.

use super::Policy;
use crate::contact::is_country;
use crate::time::{DAY, MINUTE, SECOND};
use serde_json::{Map, Value};

/// What a number counts, for whoever shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// Things.
    Things,
    /// Milliseconds.
    Ms,
    /// Minutes.
    Minutes,
    /// Minutes after midnight.
    Clock,
    /// Per cent.
    Percent,
}

impl Counts {
    /// The word sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Things => "count",
            Self::Ms => "ms",
            Self::Minutes => "minutes",
            Self::Clock => "minute_of_day",
            Self::Percent => "percent",
        }
    }
}

/// What a field may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number between two, both included.
    Number(Counts, i64, i64),
    /// Yes or no.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `calendar_month` or `{"days": n}` with n from 1 to 31.
    Period,
    /// ISO country codes.
    Countries,
    /// Words or phrases of customers.
    Words,
}

/// One setting of the guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name in the policy's JSON.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
}

/// Longest time that the guard looks back on what was sent; no gap may be longer.
const LOOK_BACK: i64 = 31 * DAY;
const ON_CAP: Kind = Kind::Choice(&["delay", "refuse"]);
const CLOCK: Kind = Kind::Number(Counts::Clock, 0, 24 * 60 - 1);
/// Words in one list, and characters in one word.
const WORDS_MAX: usize = 100;
const WORD_LENGTH: usize = 60;

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind }
}

/// Every setting, in the order of [`Policy`]. Limits of the provider can be made stricter, never looser.
pub const FIELDS: &[Field] = &[
    field("opt_in_templates", Kind::Number(Counts::Things, 0, 100)),
    field("opt_in_window_ms", Kind::Number(Counts::Ms, MINUTE, LOOK_BACK)),
    field("opt_in_on_cap", ON_CAP),
    field("same_content_max", Kind::Number(Counts::Things, 1, 1_000)),
    field("same_content_period", Kind::Period),
    field("same_content_spares_people", Kind::Switch),
    field("promotion_gap_ms", Kind::Number(Counts::Ms, 0, LOOK_BACK)),
    field("promotion_on_cap", ON_CAP),
    field("promotion_slot", Kind::Choice(&["off", "automatic", "everyone"])),
    field(
        "promotion_slot_day",
        Kind::Choice(&["any", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]),
    ),
    field("promotion_slot_minute", CLOCK),
    field("promotion_slot_length", Kind::Number(Counts::Minutes, 15, 12 * 60)),
    field("promotion_best_hour", Kind::Switch),
    field("quiet_from_minute", CLOCK),
    field("quiet_to_minute", CLOCK),
    field("event_gap_ms", Kind::Number(Counts::Ms, 0, LOOK_BACK)),
    field("event_on_cap", ON_CAP),
    field("unknown_tier", Kind::Number(Counts::Things, 1, 100_000)),
    field("ecosystem_wait_ms", Kind::Number(Counts::Ms, DAY, LOOK_BACK)),
    field("closed_markets", Kind::Countries),
    field("target_age_ms", Kind::Number(Counts::Ms, MINUTE, 30 * DAY)),
    field("recheck_ms", Kind::Number(Counts::Ms, 5 * SECOND, 60 * MINUTE)),
    field("throughput_per_second", Kind::Number(Counts::Things, 1, 1_000)),
    field("pair_gap_ms", Kind::Number(Counts::Ms, 6 * SECOND, 60 * MINUTE)),
    field("pair_burst", Kind::Number(Counts::Things, 1, 45)),
    field("promotion_reserve_percent", Kind::Number(Counts::Percent, 0, 90)),
    field("calls_per_hour", Kind::Number(Counts::Things, 0, 10_000_000)),
    field("calls_per_day", Kind::Number(Counts::Things, 0, 100_000_000)),
    field("stop_words", Kind::Words),
    field("start_words", Kind::Words),
];

/// A change that cannot be: which field, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {message}")]
pub struct Unfit {
    /// The field.
    pub field: String,
    /// What it must be, for people.
    pub message: String,
}

impl Field {
    /// Whether a value fits; else what it must be.
    fn fits(&self, value: &Value) -> Result<(), String> {
        match self.kind {
            Kind::Number(counts, least, most) => match value.as_i64() {
                Some(number) if (least..=most).contains(&number) => Ok(()),
                _ => Err(format!("must be a whole number from {least} to {most} ({})", counts.code())),
            },
            Kind::Switch if value.is_boolean() => Ok(()),
            Kind::Switch => Err("must be true or false".to_owned()),
            Kind::Choice(words) if value.as_str().is_some_and(|word| words.contains(&word)) => Ok(()),
            Kind::Choice(words) => Err(format!("must be one of {}", words.join(", "))),
            Kind::Period => period(value),
            Kind::Countries => countries(value),
            Kind::Words => words(value),
        }
    }

    /// A stored list of countries without those that are none: the others stay closed. What says nothing at all then
    /// does not fit, as an empty list would open every market.
    fn known(&self, mut value: Value) -> Value {
        if let (Kind::Countries, Value::Array(codes)) = (self.kind, &mut value) {
            let stored = codes.len();
            codes.retain(|code| code.as_str().is_some_and(is_country));
            if codes.is_empty() && stored > 0 {
                return Value::Null;
            }
        }
        value
    }
}

fn period(value: &Value) -> Result<(), String> {
    let days = value.as_object().filter(|fields| fields.len() == 1).and_then(|fields| fields.get("days"));
    let fits = value == "calendar_month" || days.and_then(Value::as_i64).is_some_and(|days| (1..=31).contains(&days));
    if fits { Ok(()) } else { Err("must be \"calendar_month\" or {\"days\": 1 to 31}".to_owned()) }
}

fn countries(value: &Value) -> Result<(), String> {
    const WANTED: &str = "must be a list of country codes such as US";
    let codes = value.as_array().filter(|codes| codes.len() <= 250).ok_or_else(|| WANTED.to_owned())?;
    match codes.iter().find(|code| !code.as_str().is_some_and(is_country)) {
        None => Ok(()),
        Some(code) => Err(format!("{WANTED}; {code} is none")),
    }
}

fn words(value: &Value) -> Result<(), String> {
    let word = |word: &Value| {
        word.as_str().is_some_and(|word| {
            word.chars().count() <= WORD_LENGTH
                && !word.chars().any(char::is_control)
                && !crate::fold::letters(word).is_empty()
        })
    };
    match value.as_array() {
        Some(list) if list.len() <= WORDS_MAX && list.iter().all(word) => Ok(()),
        _ => Err(format!(
            "must be a list of at most {WORDS_MAX} words or phrases with letters or digits, each of at most {WORD_LENGTH} characters"
        )),
    }
}

impl Policy {
    /// The policy that stored choices make: what was not chosen, or does not fit any more, is the default; of a list of
    /// countries, those that are none are left out.
    #[must_use]
    pub fn of(chosen: &Value) -> Self {
        let stored = |field: &Field| {
            let value = field.known(chosen.get(field.name)?.clone());
            field.fits(&value).ok().map(|()| (field.name.to_owned(), value))
        };
        let kept: Map<String, Value> = FIELDS.iter().filter_map(stored).collect();
        serde_json::from_value(Value::Object(kept)).unwrap_or_default()
    }

    /// The stored choices after a change: a field that is null in `change`, or is given its default, is no choice any more.
    ///
    /// # Errors
    /// The first field that cannot be what was asked.
    pub fn amended(chosen: &Value, change: &Map<String, Value>) -> Result<Map<String, Value>, Unfit> {
        let mut kept = chosen.as_object().cloned().unwrap_or_default();
        let defaults = serde_json::to_value(Self::default()).unwrap_or_default();
        for (name, value) in change {
            let unfit = |message: String| Unfit { field: name.clone(), message };
            let Some(field) = FIELDS.iter().find(|field| field.name == name) else {
                return Err(unfit("is no setting of the guard".to_owned()));
            };
            if value.is_null() {
                kept.remove(name);
                continue;
            }
            field.fits(value).map_err(unfit)?;
            if *value == defaults[field.name] {
                kept.remove(name);
            } else {
                kept.insert(name.clone(), value.clone());
            }
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn change(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn every_field_is_described_and_its_default_fits() {
        let defaults = serde_json::to_value(Policy::default()).unwrap();
        let mut names: Vec<&str> = defaults.as_object().unwrap().keys().map(String::as_str).collect();
        let mut known: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
        names.sort_unstable();
        known.sort_unstable();
        assert_eq!(names, known);
        for field in FIELDS {
            assert_eq!(field.fits(&defaults[field.name]), Ok(()), "{}", field.name);
            assert!(field.fits(&json!({ "x": 1 })).is_err() && field.fits(&Value::Null).is_err(), "{}", field.name);
        }
        assert_eq!(Policy::of(&json!(null)), Policy::default());
        assert_eq!(Policy::of(&defaults), Policy::default());
    }

    #[test]
    fn each_end_of_each_range_can_be_read_back() {
        for field in FIELDS {
            let values = match field.kind {
                Kind::Number(_, least, most) => vec![json!(least), json!(most)],
                Kind::Switch => vec![json!(true), json!(false)],
                Kind::Choice(words) => words.iter().map(|word| json!(word)).collect(),
                Kind::Period => vec![json!("calendar_month"), json!({ "days": 31 })],
                Kind::Countries | Kind::Words => vec![json!([]), json!(["US"])],
            };
            for value in values {
                let one = change(json!({ field.name: value }));
                let kept = Policy::amended(&Value::Null, &one).unwrap();
                let back = serde_json::to_value(Policy::of(&Value::Object(kept))).unwrap();
                assert_eq!(back[field.name], value, "{}", field.name);
            }
            if let Kind::Number(_, least, most) = field.kind {
                for value in [json!(least - 1), json!(most + 1), json!(1.5), json!("1")] {
                    let unfit = Policy::amended(&Value::Null, &change(json!({ field.name: value }))).unwrap_err();
                    assert_eq!(unfit.field, field.name);
                    assert!(unfit.message.contains(&format!("from {least} to {most}")), "{unfit}");
                }
            }
        }
    }

    #[test]
    fn changes_add_up_and_go_back() {
        let stored = json!({ "opt_in_templates": 3 });
        let kept =
            Policy::amended(&stored, &change(json!({ "promotion_gap_ms": DAY, "opt_in_templates": null }))).unwrap();
        assert_eq!(Value::Object(kept.clone()), json!({ "promotion_gap_ms": DAY }));
        let policy = Policy::of(&Value::Object(kept));
        assert_eq!((policy.promotion_gap_ms, policy.opt_in_templates), (DAY, 1));
        let usual = Policy::amended(&stored, &change(json!({ "opt_in_templates": 1 }))).unwrap();
        assert!(usual.is_empty(), "the default is no choice");
        assert_eq!(
            Policy::amended(&stored, &change(json!({ "no": 1 }))).unwrap_err().to_string(),
            "no is no setting of the guard"
        );
        // What an older program stored and this one would refuse counts as the default; the rest stays.
        let odd = Policy::of(&json!({ "pair_gap_ms": 1, "opt_in_templates": 2, "gone": true }));
        assert_eq!((odd.pair_gap_ms, odd.opt_in_templates), (6_000, 2));
        for (stored, closed) in [
            (json!(["CA", "UK"]), &["CA"][..]),
            (json!(["US", "CA", "UK", 7]), &["US", "CA"]),
            (json!(["UK"]), &["US"]),
            (json!([]), &[]),
        ] {
            assert_eq!(Policy::of(&json!({ "closed_markets": stored })).closed_markets, closed, "{stored}");
        }
        for bad in [
            json!(["us"]),
            json!(["CA", "UK"]),
            json!("US"),
            json!([1]),
            json!(["XX"]),
            json!(["US", "ZZ"]),
            json!(["US "]),
        ] {
            assert!(Policy::amended(&Value::Null, &change(json!({ "closed_markets": bad }))).is_err());
        }
        for bad in [json!([""]), json!(["🛑"]), json!(["a\nb"]), json!(["x".repeat(61)])] {
            assert!(Policy::amended(&Value::Null, &change(json!({ "stop_words": bad }))).is_err());
        }
        for bad in [json!({ "days": 0 }), json!({ "days": 32 }), json!("month"), json!({ "days": 1, "x": 1 })] {
            assert!(Policy::amended(&Value::Null, &change(json!({ "same_content_period": bad }))).is_err());
        }
    }
}
