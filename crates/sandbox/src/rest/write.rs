//! Changing records: what is refused, and what becomes of the rest.

use super::state::{Make, Record, Shop, State};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Fields of a record.
pub const FIELDS: [&str; 6] = ["name", "phone", "email", "city", "level", "key"];
/// Values that `level` may have.
pub const LEVELS: [&str; 3] = ["", "bronze", "gold"];

/// Why a change is refused.
#[derive(Debug)]
pub enum Refusal {
    /// There is no such record.
    Missing,
    /// Fields that cannot have what they were to get, with the reason.
    Invalid(Vec<(&'static str, &'static str)>),
    /// A field whose value another record has.
    Taken(&'static str, u64),
    /// It changed since it was read.
    Stale,
    /// No more are kept.
    Full,
}

/// Texts by field.
pub type Texts = BTreeMap<&'static str, String>;

/// A field by any of the names that the makes and the control have for it.
#[must_use]
pub fn field(name: &str) -> Option<&'static str> {
    Some(match name {
        "name" | "profile.display_name" => "name",
        "phone" | "mobile" | "reach.phones[0].number" => "phone",
        "email" | "reach.emails[0]" => "email",
        "city" | "profile.city" => "city",
        "level" => "level",
        "key" | "external_ref" => "key",
        _ => return None,
    })
}

/// What the control is told, by any of the names.
#[must_use]
pub fn given(body: &Map<String, Value>) -> Texts {
    let mut texts = Texts::new();
    for (name, value) in body {
        if let Some(inner) = value.as_object() {
            let named = inner.iter().map(|(inner, value)| (format!("{name}.{inner}"), value.clone()));
            texts.extend(given(&named.collect()));
        } else if let Some(field) = field(name) {
            texts.insert(field, value.as_str().unwrap_or_default().to_owned());
        }
    }
    texts
}

fn judge(shop: &Shop, make: Make, own: Option<u64>, texts: &Texts) -> Result<(), Refusal> {
    let of = |name: &str| texts.get(name).map(|text| text.trim()).unwrap_or_default();
    let mut wrong = Vec::new();
    if !of("email").is_empty() && !of("email").contains('@') {
        wrong.push(("email", "is no address"));
    }
    if !LEVELS.contains(&of("level")) {
        wrong.push(("level", "must be bronze or gold"));
    }
    if !wrong.is_empty() {
        return Err(Refusal::Invalid(wrong));
    }
    // The nested make does not see to its keys.
    let unique: &[&str] = if make == Make::Flat { &["key", "email"] } else { &["email"] };
    for name in FIELDS.into_iter().filter(|name| unique.contains(name) && !of(name).is_empty()) {
        let has = |record: &&Record| {
            Some(record.number) != own && !record.deleted && record.get(name).trim().eq_ignore_ascii_case(of(name))
        };
        if let Some(other) = shop.records.values().find(has) {
            return Err(Refusal::Taken(name, other.number));
        }
    }
    Ok(())
}

impl State {
    /// Makes a record; answers its number.
    pub fn create(&mut self, make: Make, texts: Texts, now: i64) -> Result<u64, Refusal> {
        let most = self.most;
        let shop = self.shop(make);
        judge(shop, make, None, &texts)?;
        if shop.records.len() >= most {
            return Err(Refusal::Full);
        }
        shop.last += 1;
        let number = shop.last;
        let record = Record { number, texts, updated: now, version: 1, deleted: false };
        shop.records.insert(number, record);
        self.told(make, number);
        Ok(number)
    }

    /// Changes a record; `version` is the one that it must still have.
    pub fn update(
        &mut self,
        make: Make,
        number: u64,
        texts: Texts,
        version: Option<u64>,
        now: i64,
    ) -> Result<(), Refusal> {
        let shop = self.shop(make);
        let record = shop.records.get(&number).filter(|record| !record.deleted).ok_or(Refusal::Missing)?;
        if version.is_some_and(|version| version != record.version) {
            return Err(Refusal::Stale);
        }
        judge(shop, make, Some(number), &texts)?;
        self.touch(make, number, now, |record| record.texts.extend(texts));
        Ok(())
    }

    /// Deletes a record.
    pub fn delete(&mut self, make: Make, number: u64, now: i64) -> Result<(), Refusal> {
        if self.shop(make).records.get(&number).is_none_or(|record| record.deleted) {
            return Err(Refusal::Missing);
        }
        self.touch(make, number, now, |record| record.deleted = true);
        Ok(())
    }

    /// Joins a record into another one, which gets what it lacks.
    pub fn join(&mut self, make: Make, loser: u64, winner: u64, now: i64) -> Result<(), Refusal> {
        let there = |shop: &Shop, number: u64| shop.records.get(&number).is_some_and(|record| !record.deleted);
        let shop = self.shop(make);
        if loser == winner || !there(shop, loser) || !there(shop, winner) {
            return Err(Refusal::Missing);
        }
        let gained = shop.records[&loser].texts.clone();
        self.touch(make, loser, now, |record| {
            record.deleted = true;
            record.texts.remove("email");
            record.texts.remove("key");
        });
        self.touch(make, winner, now, |record| {
            for (name, text) in gained.into_iter().filter(|(name, _)| *name != "key") {
                if record.get(name).trim().is_empty() {
                    record.texts.insert(name, text);
                }
            }
        });
        Ok(())
    }

    fn touch(&mut self, make: Make, number: u64, now: i64, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.shop(make).records.get_mut(&number) {
            change(record);
            record.updated = now;
            record.version += 1;
        }
        self.told(make, number);
    }

    fn told(&mut self, make: Make, number: u64) {
        if self.config.webhook_url.is_some() && self.pending.len() < 100_000 {
            self.pending.push((make, number));
        }
    }
}
