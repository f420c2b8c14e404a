//! What is wrong with a rule's draft, with the place of each fault.

use super::budget::Bounds;
use super::condition::{Condition, Is, Weekday};
use super::definition::Definition;
use super::field::{Kind, Wanted, fields, kind_of};
use super::local::{is_clock, minute_of};
use super::step::Step;
use super::trigger::Trigger;
use crate::matter::{TITLE_MAX, products};
use crate::shop::{OrderStatus, ParcelStatus};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where: `if.of.0.value`, `do.2.body`.
    pub path: String,
    /// What kind: `required`, `too_long`, `too_many`, `out_of_range`, `unknown_field`, `wrong_comparison`, `wrong_value`,
    /// `unknown_zone`, `wrong_time`, `too_deep`.
    pub code: &'static str,
    /// In words.
    pub detail: String,
}

/// Every fault of a draft; none when it can be kept.
#[must_use]
pub fn check(definition: &Definition) -> Vec<Fault> {
    let mut faults = Faults(Vec::new());
    faults.head(definition);
    for (at, trigger) in definition.when.iter().enumerate() {
        faults.trigger(&format!("when.{at}"), trigger);
    }
    let mut conditions = 0;
    faults.condition("if", &definition.conditions, 0, &mut conditions);
    faults.steps(definition, &mut conditions);
    faults.range(conditions <= Bounds::CONDITIONS, "if", "too_many", || {
        format!("has more than {} conditions", Bounds::CONDITIONS)
    });
    faults.0
}

struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, path: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        self.0.push(Fault { path: path.into(), code, detail: detail.into() });
    }

    fn range(&mut self, good: bool, path: &str, code: &'static str, detail: impl FnOnce() -> String) {
        if !good {
            self.add(path, code, detail());
        }
    }

    fn text(&mut self, path: &str, text: &str, longest: usize) {
        if text.trim().is_empty() {
            self.add(path, "required", "must not be empty");
        } else if text.chars().nth(longest).is_some() {
            self.add(path, "too_long", format!("must have at most {longest} characters"));
        }
    }

    fn minutes(&mut self, path: &str, given: u32, most: u32) {
        let good = (1..=most).contains(&given);
        self.range(good, path, "out_of_range", || format!("must be 1 to {most} minutes"));
    }

    fn words(&mut self, path: &str, words: &[String]) {
        if words.is_empty() {
            self.add(path, "required", "must name at least one word");
        }
        self.range(words.len() <= Bounds::WORDS, path, "too_many", || format!("has more than {} words", Bounds::WORDS));
        for (at, word) in words.iter().enumerate().take(Bounds::WORDS) {
            let path = format!("{path}.{at}");
            self.text(&path, word, Bounds::WORD);
            if !word.trim().is_empty() && !word.chars().any(char::is_alphanumeric) {
                self.add(path, "wrong_value", "must have a letter or a digit");
            }
        }
    }

    fn products(&mut self, path: &str, lines: &[String]) {
        self.range(lines.len() <= Bounds::WORDS, path, "too_many", || {
            format!("has more than {} products", Bounds::WORDS)
        });
        for (at, line) in lines.iter().enumerate().take(Bounds::WORDS) {
            let good = !products(std::slice::from_ref(line)).is_empty();
            self.range(good, &format!("{path}.{at}"), "wrong_value", || {
                "must be written as a code, a colon and names with | between them".to_owned()
            });
        }
    }

    /// Where a webhook's step sends: one of the two, and an address that is one.
    fn target(&mut self, path: &str, named: bool, url: &str) {
        match (named, url.is_empty()) {
            (false, true) => self.add(format!("{path}.webhook_id"), "required", "must name a webhook or an address"),
            (true, false) => self.add(format!("{path}.url"), "wrong_value", "must be empty when a webhook is named"),
            (true, true) => {}
            (false, false) => {
                let long = url.chars().nth(2_000).is_some();
                let plain = !url.chars().any(|c| c.is_whitespace() || c.is_control());
                let good = url.starts_with("https://") && url.len() > "https://".len() && plain && !long;
                self.range(good, &format!("{path}.url"), "wrong_value", || {
                    "must be an https address of at most 2000 characters".to_owned()
                });
            }
        }
    }

    fn names(&mut self, path: &str, names: &[String]) {
        self.range(names.len() <= Bounds::VALUES, path, "too_many", || {
            format!("has more than {} entries", Bounds::VALUES)
        });
        for (at, name) in names.iter().enumerate().take(Bounds::VALUES) {
            self.text(&format!("{path}.{at}"), name, Bounds::WORD);
        }
    }

    fn statuses(&mut self, path: &str, given: &[String], known: &[&str]) {
        let good = given.iter().all(|word| known.contains(&word.as_str()));
        self.range(good, &format!("{path}.statuses"), "wrong_value", || {
            format!("must be some of {}", known.join(", "))
        });
    }

    fn time(&mut self, path: &str, text: &str) {
        self.range(minute_of(text).is_some(), path, "wrong_time", || "must be a time such as 09:30".to_owned());
    }

    fn zone(&mut self, path: &str, zone: &str, customer: bool) {
        self.range(is_clock(zone, customer), path, "unknown_zone", || {
            "is not a time zone such as Asia/Dubai".to_owned()
        });
    }

    fn days(&mut self, path: &str, days: &[Weekday]) {
        self.range(days.len() <= 7, path, "too_many", || "has more than seven days".to_owned());
    }

    fn head(&mut self, definition: &Definition) {
        self.text("name", &definition.name, Bounds::WORD);
        if definition.name.chars().any(char::is_control) {
            self.add("name", "wrong_value", "must be one line");
        }
        let short = definition.description.chars().nth(1_000).is_none();
        self.range(short, "description", "too_long", || "must have at most 1000 characters".to_owned());
        let tag = &definition.language;
        let good = tag.len() <= 20 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        self.range(good, "language", "wrong_value", || "is not a language such as en or pt-BR".to_owned());
        if definition.when.is_empty() {
            self.add("when", "required", "must name at least one trigger");
        }
        self.range(definition.when.len() <= Bounds::TRIGGERS, "when", "too_many", || {
            format!("has more than {} triggers", Bounds::TRIGGERS)
        });
        let good = (-1_000..=1_000).contains(&definition.priority);
        self.range(good, "priority", "out_of_range", || "must be -1000 to 1000".to_owned());
        let settle = definition.settle_seconds.unwrap_or(0);
        self.range(settle <= Bounds::SETTLE, "settle_seconds", "out_of_range", || {
            format!("must be 0 to {} seconds", Bounds::SETTLE)
        });
        let good = (1..=1_000).contains(&definition.limit.times);
        self.range(good, "limit.times", "out_of_range", || "must be 1 to 1000".to_owned());
        self.minutes("limit.minutes", definition.limit.minutes, Bounds::MINUTES);
        self.range((1..=100).contains(&definition.share), "share", "out_of_range", || {
            "must be 1 to 100 percent".to_owned()
        });
        self.scope("channels", &definition.channels);
        self.scope("teams", &definition.teams);
    }

    fn scope(&mut self, path: &str, ids: &[Uuid]) {
        self.range(ids.len() <= Bounds::SCOPE, path, "too_many", || format!("has more than {} entries", Bounds::SCOPE));
        let distinct: BTreeSet<&Uuid> = ids.iter().collect();
        self.range(distinct.len() == ids.len(), path, "wrong_value", || "names one twice".to_owned());
    }

    fn trigger(&mut self, path: &str, trigger: &Trigger) {
        match trigger {
            Trigger::Keyword { words } => self.words(&format!("{path}.words"), words),
            Trigger::HotWord { topics } => self.names(&format!("{path}.topics"), topics),
            Trigger::Intent { intents } => self.names(&format!("{path}.intents"), intents),
            Trigger::TagAdded { tags } => self.names(&format!("{path}.tags"), tags),
            Trigger::FieldChanged { fields } => self.names(&format!("{path}.fields"), fields),
            Trigger::Unanswered { minutes } => self.minutes(&format!("{path}.minutes"), *minutes, 43_200),
            Trigger::Timer { at, days, zone, active_days } => {
                self.time(&format!("{path}.at"), at);
                self.days(&format!("{path}.days"), days);
                self.zone(&format!("{path}.zone"), zone, false);
                let good = (1..=365).contains(active_days);
                self.range(good, &format!("{path}.active_days"), "out_of_range", || "must be 1 to 365 days".to_owned());
            }
            Trigger::OrderChanged { statuses } => self.statuses(path, statuses, OrderStatus::CODES),
            Trigger::ShipmentChanged { statuses } => self.statuses(path, statuses, ParcelStatus::CODES),
            Trigger::MessageReceived
            | Trigger::ConversationOpened
            | Trigger::ConversationAssigned
            | Trigger::ConversationResolved => {}
        }
    }

    fn condition(&mut self, path: &str, condition: &Condition, depth: usize, count: &mut usize) {
        *count += 1;
        if depth > Bounds::NESTING {
            self.add(path, "too_deep", format!("is nested more than {} deep", Bounds::NESTING));
            return;
        }
        match condition {
            Condition::All { of } | Condition::Any { of } => {
                for (at, one) in of.iter().enumerate() {
                    self.condition(&format!("{path}.of.{at}"), one, depth + 1, count);
                }
            }
            Condition::Not { of } => self.condition(&format!("{path}.of"), of, depth + 1, count),
            Condition::Field { field, is, value } => self.field(path, field, *is, value),
            Condition::Time { days, from, to, zone } => {
                self.days(&format!("{path}.days"), days);
                self.time(&format!("{path}.from"), from);
                self.time(&format!("{path}.to"), to);
                self.zone(&format!("{path}.zone"), zone, true);
            }
            Condition::Count { of, words, minutes, is, .. } => {
                if of.of_words() {
                    self.words(&format!("{path}.words"), words);
                }
                self.minutes(&format!("{path}.minutes"), *minutes, Bounds::MINUTES);
                let good = matches!(is, Is::Is | Is::IsNot) || is.wants() == Wanted::Number;
                self.range(good, &format!("{path}.is"), "wrong_comparison", || "does not compare numbers".to_owned());
            }
        }
    }

    fn field(&mut self, path: &str, name: &str, is: Is, value: &Json) {
        let Some(kind) = kind_of(name).filter(|_| name.chars().count() <= Bounds::WORD) else {
            return self.add(format!("{path}.field"), "unknown_field", format!("there is no field {name:.100}"));
        };
        if !kind.comparisons().contains(&is) {
            return self.add(format!("{path}.is"), "wrong_comparison", "does not fit this field");
        }
        let options = fields().iter().find(|field| field.name == name).map_or(&[][..], |field| field.options);
        let place = format!("{path}.value");
        match (is.wants(), value) {
            (Wanted::Nothing, _) => {}
            (Wanted::Several, Json::Array(items)) if matches!(is, Is::Says | Is::SaysNot) => {
                let words: Vec<String> = items.iter().filter_map(Json::as_str).map(str::to_owned).collect();
                self.range(words.len() == items.len(), &place, "wrong_value", || "must be words".to_owned());
                self.words(&place, &words);
            }
            (Wanted::Several, Json::Array(items)) => {
                if items.is_empty() {
                    self.add(place.clone(), "required", "must name at least one value");
                }
                self.range(items.len() <= Bounds::VALUES, &place, "too_many", || {
                    format!("has more than {} entries", Bounds::VALUES)
                });
                for (at, item) in items.iter().enumerate().take(Bounds::VALUES) {
                    self.value(&format!("{place}.{at}"), kind, options, item);
                }
            }
            (Wanted::Several, _) => self.add(place, "wrong_value", "must be a list"),
            (Wanted::One, one) => self.value(&place, kind, options, one),
            (Wanted::Number, one) => {
                self.range(one.is_number(), &place, "wrong_value", || "must be a number".to_owned());
            }
            (Wanted::Minutes, one) => {
                let given = one.as_u64().and_then(|given| u32::try_from(given).ok()).unwrap_or(0);
                self.minutes(&place, given, Bounds::MINUTES);
            }
        }
    }

    fn value(&mut self, path: &str, kind: Kind, options: &[&str], value: &Json) {
        let good = match kind {
            Kind::Flag => value.is_boolean(),
            Kind::Number => value.is_number(),
            Kind::Choice => value.as_str().is_some_and(|word| options.contains(&word)),
            Kind::Team | Kind::User | Kind::Channel => value.as_str().is_some_and(|id| id.parse::<Uuid>().is_ok()),
            Kind::Own if value.is_number() || value.is_boolean() => true,
            Kind::Text | Kind::Message | Kind::Tags | Kind::Own | Kind::Moment => match value.as_str() {
                Some(text) => return self.text(path, text, Bounds::VALUE),
                None => false,
            },
        };
        let missing = value.is_null() || value.as_str().is_some_and(str::is_empty);
        match (good, missing) {
            (true, _) => {}
            (false, true) => self.add(path, "required", "must be given"),
            (false, false) => self.add(path, "wrong_value", "is not a value of this field"),
        }
    }

    fn steps(&mut self, definition: &Definition, conditions: &mut usize) {
        if definition.steps.is_empty() {
            self.add("do", "required", "must have at least one step");
        }
        let (mut count, mut sends) = (0, 0);
        Step::each(&definition.steps, "do", &mut |path, step| {
            count += 1;
            sends += usize::from(matches!(step, Step::SendText { .. } | Step::SendTemplate { .. }));
            let depth = path.split('.').filter(|part| matches!(*part, "then" | "else")).count();
            self.range(depth <= Bounds::NESTING, path, "too_deep", || {
                format!("is nested more than {} deep", Bounds::NESTING)
            });
            self.step(path, step, conditions);
        });
        self.range(count <= Bounds::STEPS, "do", "too_many", || format!("has more than {} steps", Bounds::STEPS));
        self.range(sends <= Bounds::SENDS, "do", "too_many", || {
            format!("writes to the customer more than {} times", Bounds::SENDS)
        });
    }

    fn step(&mut self, path: &str, step: &Step, conditions: &mut usize) {
        match step {
            Step::SendText { body } | Step::Note { body } => self.text(&format!("{path}.body"), body, Bounds::TEXT),
            Step::CreateDeal { title, products } | Step::CreateCase { title, products, .. } => {
                self.text(&format!("{path}.title"), title, TITLE_MAX);
                self.products(&format!("{path}.products"), products);
            }
            Step::SendTemplate { name, language } => {
                self.text(&format!("{path}.name"), name, 512);
                self.text(&format!("{path}.language"), language, 20);
            }
            Step::AddTags { tags } | Step::RemoveTags { tags } => {
                if tags.is_empty() {
                    self.add(format!("{path}.tags"), "required", "must name at least one tag");
                }
                self.names(&format!("{path}.tags"), tags);
            }
            Step::SetField { field, value } => {
                let plain = field.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
                let good = plain && !field.is_empty() && field.len() <= Bounds::WORD && field != "tags";
                self.range(good, &format!("{path}.field"), "wrong_value", || {
                    format!("must be named with a-z, 0-9, _ and -, unlike {field:.40} (tags have steps of their own)")
                });
                let small = value.to_string().len() <= 8_000;
                self.range(small, &format!("{path}.value"), "too_long", || "is too long".to_owned());
            }
            Step::IssueCoupon { pool } => self.text(&format!("{path}.pool"), pool, Bounds::WORD),
            Step::CallWebhook { webhook_id, url } => self.target(path, webhook_id.is_some(), url),
            Step::Snooze { minutes } | Step::Wait { minutes } => {
                self.minutes(&format!("{path}.minutes"), *minutes, Bounds::MINUTES);
            }
            Step::Branch { when, then, otherwise } => {
                self.condition(&format!("{path}.if"), when, 0, conditions);
                if then.is_empty() && otherwise.is_empty() {
                    self.add(format!("{path}.then"), "required", "must have at least one step");
                }
            }
            Step::AssignTeam { .. }
            | Step::AssignUser { .. }
            | Step::SetPriority { .. }
            | Step::Resolve
            | Step::Reopen
            | Step::Stop => {}
        }
    }
}
