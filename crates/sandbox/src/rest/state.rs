//! What companies' own CRMs know.

use crate::{Config, RestConfig, bounded::Ring, calls::Logged};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Make {
    /// Plain records, pages by number.
    Flat,
    /// Records within records, cursors.
    Nested,
}

impl Make {
    /// The word in addresses.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "flat" => Some(Self::Flat),
            "nested" => Some(Self::Nested),
            _ => None,
        }
    }

    /// A record's id as its API shows it.
    #[must_use]
    pub fn id(self, number: u64) -> String {
        match self {
            Self::Flat => number.to_string(),
            Self::Nested => format!("P-{number:06}"),
        }
    }

    /// The number behind an id.
    #[must_use]
    pub fn number(self, id: &str) -> Option<u64> {
        match self {
            Self::Flat => id.parse().ok(),
            Self::Nested => id.strip_prefix("P-")?.parse().ok(),
        }
    }
}

/// A record. Empty = nothing is known.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Its number.
    pub number: u64,
    /// Texts by name: those of [`super::write::FIELDS`].
    pub texts: BTreeMap<&'static str, String>,
    /// UTC milliseconds.
    pub updated: i64,
    /// Changes since it was made.
    pub version: u64,
    /// Deleted.
    pub deleted: bool,
}

impl Record {
    /// A text.
    pub fn get(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }
}

/// One company.
#[derive(Default)]
pub struct Shop {
    /// By number.
    pub records: BTreeMap<u64, Record>,
    /// Creations by the header that tells repeated ones.
    pub once: HashMap<String, u64>,
    /// The last number.
    pub last: u64,
}

/// All of it.
pub struct State {
    /// As configured, and changed over the control API.
    pub config: RestConfig,
    /// Companies by make.
    pub shops: BTreeMap<Make, Shop>,
    /// Tokens, with the moment they end.
    pub tokens: HashMap<String, i64>,
    /// Newest requests.
    pub log: Ring<Logged>,
    /// Records that changed and were not told of.
    pub pending: Vec<(Make, u64)>,
    /// Bound of records.
    pub most: usize,
    span: (i64, u32),
}

impl State {
    /// The state at start.
    pub fn new(config: &Config) -> Self {
        Self {
            config: config.rest.clone(),
            shops: BTreeMap::new(),
            tokens: HashMap::new(),
            log: Ring::new(config.keep.requests),
            pending: Vec::new(),
            most: config.keep.records,
            span: (0, 0),
        }
    }

    /// A company.
    pub fn shop(&mut self, make: Make) -> &mut Shop {
        self.shops.entry(make).or_default()
    }

    /// A stamp as this make's clock tells it, ms.
    pub fn clock(&self, make: Make, at: i64) -> i64 {
        let step = if make == Make::Flat { 1_000 } else { self.config.nested_clock_ms.max(1_000) };
        at.div_euclid(step) * step
    }

    /// Counts a call in its second; false when the second has no more of them.
    pub fn count(&mut self, now: i64) -> bool {
        let span = now.div_euclid(1_000);
        if self.span.0 != span {
            self.span = (span, 0);
        }
        self.span.1 += 1;
        self.span.1 <= self.config.calls_per_second
    }

    /// A record as the control shows it, whatever the make: by the names that each make has for a field.
    pub fn shown(&self, make: Make, record: &Record) -> Value {
        let mut view = json!({ "id": make.id(record.number), "archived": record.deleted, "updated": record.updated });
        for (name, text) in &record.texts {
            view[*name] = text.as_str().into();
        }
        view["profile"] = json!({ "city": record.get("city") });
        view
    }
}
