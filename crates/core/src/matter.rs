//! What is under way with a customer beside the conversation, and kept in a CRM: deals and cases (`product.md` S1, S2,
//! D4). Companies, tasks and notes have their place here too.
//!
//! Both sides speak of the same fields by the same names; each connector puts them into its vendor's words. So one set
//! of mappings serves every CRM, and [`crate::sync::merge`] decides field by field.

use crate::sync::{Field, Kind, Mapping, Record};
use crate::{Ms, money};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Most characters of a title: what the strictest CRM takes.
pub const TITLE_MAX: usize = 120;
/// Most characters of the details.
pub const DETAILS_MAX: usize = 4_000;
/// Most products of one.
pub const SKUS_MAX: usize = 20;
/// Most characters of a product's code.
pub const SKU_MAX: usize = 64;
/// The largest amount, minor units.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000_000;

/// What kind of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Object {
    /// Something a customer may buy: a deal or an opportunity.
    Deal,
    /// Something a customer wants done: a ticket or a case.
    Case,
}

impl Object {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Deal, Self::Case];

    /// The word that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Deal => "deal",
            Self::Case => "case",
        }
    }

    /// Reads a stored word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|object| object.code() == code)
    }
}

/// How far it is, whatever stages a CRM knows between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Under way.
    Open,
    /// The customer bought.
    Won,
    /// The customer did not.
    Lost,
    /// The case is done.
    Closed,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Won, Self::Lost, Self::Closed];

    /// The word that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Closed => "closed",
        }
    }

    /// Reads a word, if it is one of this kind of thing.
    #[must_use]
    pub fn parse(object: Object, code: &str) -> Option<Self> {
        let fits = |status: &Self| match object {
            Object::Deal => *status != Self::Closed,
            Object::Case => matches!(status, Self::Open | Self::Closed),
        };
        Self::ALL.into_iter().filter(fits).find(|status| status.code() == code)
    }
}

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// A quote is wanted.
    Quote,
    /// Something went wrong.
    Complaint,
    /// Something is asked.
    Question,
    /// Anything else.
    Other,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Quote, Self::Complaint, Self::Question, Self::Other];

    /// The word that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Quote => "quote",
            Self::Complaint => "complaint",
            Self::Question => "question",
            Self::Other => "other",
        }
    }

    /// Reads a word, whatever its case.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.code().eq_ignore_ascii_case(code.trim()))
    }
}

/// How urgent a case can be, the least first.
pub const PRIORITIES: [&str; 4] = ["low", "normal", "high", "urgent"];

/// Names of the fields, on both sides.
pub mod field {
    /// What it is called.
    pub const TITLE: &str = "title";
    /// What is to be known about it.
    pub const DETAILS: &str = "details";
    /// A deal's worth: a decimal.
    pub const AMOUNT: &str = "amount";
    /// Its currency, ISO 4217.
    pub const CURRENCY: &str = "currency";
    /// How far it is.
    pub const STATUS: &str = "status";
    /// What a case is about.
    pub const CATEGORY: &str = "category";
    /// How urgent a case is.
    pub const PRIORITY: &str = "priority";
    /// The products' codes, between semicolons.
    pub const SKUS: &str = "skus";
}

/// How the fields of both sides belong together.
#[must_use]
pub fn mappings(object: Object) -> Vec<Mapping> {
    let own: &[(&str, Kind)] = match object {
        Object::Deal => &[(field::AMOUNT, Kind::Number), (field::CURRENCY, Kind::Choice)],
        Object::Case => &[(field::CATEGORY, Kind::Choice), (field::PRIORITY, Kind::Choice)],
    };
    let all: &[(&str, Kind)] = &[
        (field::TITLE, Kind::Text),
        (field::DETAILS, Kind::Text),
        (field::STATUS, Kind::Choice),
        (field::SKUS, Kind::Choices),
    ];
    all.iter().chain(own).map(|(name, kind)| Mapping::new(*name, *name, *kind)).collect()
}

/// What is kept in step of one deal or case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Content {
    /// What it is called.
    pub title: String,
    /// What is to be known about it.
    pub details: Option<String>,
    /// A deal's worth in minor units of its currency.
    pub amount_minor: Option<i64>,
    /// ISO 4217; nothing = whatever the CRM counts in.
    pub currency: Option<String>,
    /// [`Status::code`].
    pub status: String,
    /// [`Category::code`].
    pub category: Option<String>,
    /// One of [`PRIORITIES`].
    pub priority: Option<String>,
    /// The products' codes.
    pub skus: Vec<String>,
}

impl Content {
    fn currency(&self) -> &str {
        self.currency.as_deref().unwrap_or_default()
    }

    /// As the record of a merge, with the moments at which fields were changed here.
    #[must_use]
    pub fn record(&self, stamps: &BTreeMap<String, Ms>, modified_at: Ms) -> Record {
        let amount = self.amount_minor.map(|minor| money::decimal(minor, self.currency()));
        let values: [(&str, Value); 8] = [
            (field::TITLE, self.title.clone().into()),
            (field::DETAILS, self.details.clone().into()),
            (field::AMOUNT, amount.into()),
            (field::CURRENCY, self.currency.clone().into()),
            (field::STATUS, self.status.clone().into()),
            (field::CATEGORY, self.category.clone().into()),
            (field::PRIORITY, self.priority.clone().into()),
            (field::SKUS, self.skus.clone().into()),
        ];
        let of =
            |(name, value): (&str, Value)| (name.to_owned(), Field { value, modified_at: stamps.get(name).copied() });
        Record { fields: values.into_iter().map(of).collect(), modified_at: Some(modified_at), ..Record::default() }
    }

    /// Takes over what a merge wants written here. What cannot be taken (an emptied title, a word of no status) stays as
    /// it was. Gives the fields that changed.
    pub fn take(&mut self, object: Object, values: &BTreeMap<String, Value>) -> Vec<String> {
        let before = self.clone();
        let text = |name: &str| values.get(name).map(plain);
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        // First, for the amount is counted in it.
        if let Some(currency) = text(field::CURRENCY) {
            self.recount(some(currency));
        }
        if let Some(title) = text(field::TITLE).filter(|title| !title.is_empty()) {
            self.title = cut(&title, TITLE_MAX);
        }
        if let Some(details) = text(field::DETAILS) {
            self.details = some(cut(&details, DETAILS_MAX));
        }
        if let Some(amount) = text(field::AMOUNT) {
            self.amount_minor = money::minor_units(&amount, self.currency());
        }
        if let Some(status) = text(field::STATUS).and_then(|word| Status::parse(object, &word)) {
            self.status = status.code().to_owned();
        }
        if let Some(category) = text(field::CATEGORY) {
            self.category = Category::parse(&category).map(|category| category.code().to_owned());
        }
        if let Some(priority) = text(field::PRIORITY) {
            self.priority = some(priority);
        }
        if let Some(skus) = values.get(field::SKUS) {
            self.skus = codes(skus);
        }
        self.changed(&before)
    }

    /// Counts the amount in another currency: its worth in units stays, its minor units are those of the new one.
    pub fn recount(&mut self, currency: Option<String>) {
        let decimal = self.amount_minor.map(|minor| money::decimal(minor, self.currency()));
        self.currency = currency;
        self.amount_minor = decimal.and_then(|amount| money::minor_units(&amount, self.currency()));
    }

    /// The names of the fields in which it differs from how it was.
    #[must_use]
    pub fn changed(&self, before: &Self) -> Vec<String> {
        let (was, is) = (before.record(&BTreeMap::new(), Ms(0)), self.record(&BTreeMap::new(), Ms(0)));
        is.fields.iter().filter(|(name, value)| was.fields.get(*name) != Some(*value)).map(|(n, _)| n.clone()).collect()
    }
}

/// Their values as far as they can be kept here: what is longer, more, or finer than that is compared as it would be kept,
/// and a value that cannot be kept at all is left out. Otherwise our shorter copy would look like a change, and go over
/// theirs. `currency` counts amounts where they tell none.
#[must_use]
pub fn kept(object: Object, values: &BTreeMap<String, String>, currency: Option<&str>) -> BTreeMap<String, Value> {
    let currency = values.get(field::CURRENCY).map(String::as_str).or(currency).unwrap_or_default().trim();
    let one = |(name, text): (&String, &String)| {
        let text = text.trim();
        let value = match name.as_str() {
            _ if text.is_empty() => Value::from(""),
            field::TITLE => cut(text, TITLE_MAX).into(),
            field::DETAILS => cut(text, DETAILS_MAX).into(),
            field::AMOUNT => money::decimal(money::minor_units(text, currency)?, currency).into(),
            field::SKUS => codes(&text.into()).into(),
            field::STATUS => Status::parse(object, text)?.code().into(),
            field::CATEGORY => Category::parse(text)?.code().into(),
            _ => text.into(),
        };
        Some((name.clone(), value))
    };
    values.iter().filter_map(one).collect()
}

/// The first characters of a text, as it is kept.
fn cut(text: &str, most: usize) -> String {
    text.trim().chars().take(most).collect()
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}

/// Codes in a list, or between semicolons.
fn codes(value: &Value) -> Vec<String> {
    let all: Vec<String> = match value {
        Value::Array(items) => items.iter().map(plain).collect(),
        other => plain(other).split(';').map(|code| code.trim().to_owned()).collect(),
    };
    all.into_iter().filter(|code| !code.is_empty()).take(SKUS_MAX).collect()
}

/// The products that a rule knows by itself, each written `code: name | other name`. Entries without a name, or of
/// which code or names are too long, are left out.
#[must_use]
pub fn products(lines: &[String]) -> Vec<(String, Vec<String>)> {
    let read = |line: &String| {
        let (code, names) = line.split_once(':')?;
        let (code, fits) = (code.trim(), |text: &&str| !text.is_empty() && text.chars().count() <= 200);
        let names: Vec<String> = names.split('|').map(str::trim).filter(fits).map(str::to_owned).collect();
        let good = !code.is_empty() && code.chars().count() <= SKU_MAX && !code.contains(';') && !names.is_empty();
        good.then(|| (code.to_owned(), names))
    };
    lines.iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::merge;
    use serde_json::json;

    fn deal() -> Content {
        Content {
            title: "Phone for Ana".to_owned(),
            amount_minor: Some(12_990),
            currency: Some("EUR".to_owned()),
            status: "open".to_owned(),
            skus: vec!["B".to_owned(), "A".to_owned()],
            ..Content::default()
        }
    }

    #[test]
    fn a_new_one_goes_over_whole_and_an_equal_one_not_at_all() {
        let (none, stamps) = (BTreeMap::new(), BTreeMap::new());
        let local = deal().record(&stamps, Ms(5));
        let first = merge(&local, &Record::default(), &Record::default(), &mappings(Object::Deal), "");
        let names: Vec<&str> = first.to_remote.keys().map(String::as_str).collect();
        assert_eq!((names, &first.to_local), (vec!["amount", "currency", "skus", "status", "title"], &none));
        assert_eq!(first.to_remote["amount"], "129.90");
        let theirs = [("title", "Phone for Ana"), ("amount", "129.9"), ("status", "open"), ("skus", "A;B")];
        let theirs = Record { partial: true, ..Record::new(theirs, Some(Ms(9))) };
        let again = merge(&local, &theirs, &Record::default(), &mappings(Object::Deal), "");
        assert!(again.is_quiet(), "{again:?}");
    }

    #[test]
    fn what_was_changed_last_wins_field_by_field() {
        let base: Vec<(&str, &str)> = vec![("title", "Phone"), ("amount", "129.90"), ("status", "open")];
        let base = Record::new(base, None);
        let ours = Content { title: "Two phones".to_owned(), amount_minor: Some(20_000), ..deal() };
        let stamps = BTreeMap::from([("title".to_owned(), Ms(50)), ("amount".to_owned(), Ms(10))]);
        let theirs = [("title", "A phone"), ("amount", "250"), ("status", "won")];
        let theirs = Record { partial: true, ..Record::new(theirs, Some(Ms(30))) };
        let result = merge(&ours.record(&stamps, Ms(50)), &theirs, &base, &mappings(Object::Deal), "");
        let mut after = ours.clone();
        assert_eq!(after.take(Object::Deal, &result.to_local), ["amount", "status"]);
        assert_eq!(
            (after.title.as_str(), after.amount_minor, after.status.as_str()),
            ("Two phones", Some(25_000), "won")
        );
        assert_eq!(result.to_remote.keys().collect::<Vec<_>>(), ["title"]);
    }

    #[test]
    fn what_cannot_be_taken_stays() {
        let mut case = Content { title: "Broken".to_owned(), status: "open".to_owned(), ..Content::default() };
        let values = json!({ "title": " ", "status": "won", "category": "Quote", "priority": "high", "skus": "A; B;" });
        let values: BTreeMap<String, Value> = serde_json::from_value(values).unwrap();
        assert_eq!(case.take(Object::Case, &values), ["category", "priority", "skus"]);
        assert_eq!(
            (case.title.as_str(), case.status.as_str(), case.category.as_deref()),
            ("Broken", "open", Some("quote"))
        );
        assert_eq!(case.skus, ["A", "B"]);
        assert_eq!(Status::parse(Object::Case, "won"), None);
        assert_eq!(Status::parse(Object::Deal, "closed"), None);
    }

    #[test]
    fn what_is_longer_or_finer_over_there_stays_there() {
        let (long, many) = ("é".repeat(DETAILS_MAX + 7), (0..SKUS_MAX + 3).map(|n| format!("S{n}")));
        let given = [
            ("title", "T".repeat(TITLE_MAX + 1)),
            ("details", long),
            ("amount", "129.9049".to_owned()),
            ("currency", "EUR".to_owned()),
            ("skus", many.collect::<Vec<_>>().join(";")),
            ("status", "open".to_owned()),
        ];
        let given: BTreeMap<String, String> = given.map(|(name, value)| (name.to_owned(), value)).into();
        let record = |values: BTreeMap<String, Value>| {
            let fields = values.into_iter().map(|(name, value)| (name, Field { value, modified_at: None })).collect();
            Record { fields, partial: true, ..Record::default() }
        };
        let theirs = record(kept(Object::Deal, &given, None));
        let mut ours = Content { status: "open".to_owned(), ..Content::default() };
        let local = |ours: &Content| ours.record(&BTreeMap::new(), Ms(1));
        let first = merge(&local(&ours), &theirs, &Record::default(), &mappings(Object::Deal), "");
        ours.take(Object::Deal, &first.to_local);
        assert_eq!((ours.amount_minor, ours.skus.len()), (Some(12_990), SKUS_MAX));
        let base = record(first.base);
        let again = merge(&local(&ours), &theirs, &base, &mappings(Object::Deal), "");
        assert!(again.is_quiet(), "our shorter copy is no change: {again:?}");
        // What cannot be read is not told, so that nothing is cleared for it.
        let odd = [("amount", "a lot"), ("currency", "EUR"), ("status", "parked")];
        let odd: BTreeMap<String, String> = odd.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let odd = record(kept(Object::Deal, &odd, None));
        assert_eq!(odd.fields.keys().collect::<Vec<_>>(), ["currency"]);
        assert!(merge(&local(&ours), &odd, &base, &mappings(Object::Deal), "").is_quiet());
        let cleared = kept(Object::Deal, &BTreeMap::from([("amount".to_owned(), " ".to_owned())]), Some("EUR"));
        assert_eq!(cleared["amount"], "", "an emptied one is told");
    }

    #[test]
    fn another_currency_alone_leaves_the_amount() {
        for (from, to, before, after) in
            [("EUR", "JPY", 12_990, 130), ("JPY", "EUR", 130, 13_000), ("EUR", "KWD", 5, 50)]
        {
            let mut deal = Content { amount_minor: Some(before), currency: Some(from.to_owned()), ..deal() };
            let values = BTreeMap::from([("currency".to_owned(), to.into())]);
            deal.take(Object::Deal, &values);
            assert_eq!((deal.amount_minor, deal.currency.as_deref()), (Some(after), Some(to)), "{from}");
        }
        let values = BTreeMap::from([("currency".to_owned(), "JPY".into()), ("amount".to_owned(), "7".into())]);
        let mut both = deal();
        both.take(Object::Deal, &values);
        assert_eq!(both.amount_minor, Some(7));
    }

    #[test]
    fn products_are_read_as_rules_write_them() {
        let lines = ["APL-1: iPhone 15 Pro | iphone15pro", "no name:", "none", ": x", "A;B: two"].map(str::to_owned);
        let read = products(&lines);
        assert_eq!(read, [("APL-1".to_owned(), vec!["iPhone 15 Pro".to_owned(), "iphone15pro".to_owned()])]);
    }
}
