//! What the CRM stand-in knows.

use super::schema::{self, Property};
use crate::{Config, HubSpotConfig, bounded::Ring, calls::Logged, clock::iso};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Properties of a record: everything travels as text.
pub type Properties = BTreeMap<String, String>;

/// What search still sees of a record that changed moments ago.
#[derive(Clone, Debug)]
pub struct Stale {
    /// Until when.
    pub until: i64,
    /// The old content; `None` = the record did not exist.
    pub properties: Option<Properties>,
}

/// One record.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its id.
    pub id: u64,
    /// Its properties.
    pub properties: Properties,
    /// UTC milliseconds.
    pub created: i64,
    /// UTC milliseconds.
    pub updated: i64,
    /// When it was archived.
    pub archived: Option<i64>,
    /// The index's view while it lags.
    pub stale: Option<Stale>,
}

/// All records and properties of one object type.
#[derive(Clone, Debug)]
pub struct Store {
    /// Plural name, e.g. `contacts`.
    pub kind: &'static str,
    /// By id.
    pub records: BTreeMap<u64, Record>,
    /// Ids of merged records to the survivor.
    pub aliases: HashMap<u64, u64>,
    /// (property, lower-case value) of unique properties to id; archived records free theirs.
    pub unique: HashMap<(String, String), u64>,
    /// By name.
    pub properties: BTreeMap<String, Property>,
}

/// Who changes something: shows in webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A call with an app's token.
    Api,
    /// A person in the CRM.
    Person,
}

/// One end of an association.
pub type End = (&'static str, u64);
/// Category, type id and label.
pub type Link = (String, u64, Option<String>);

/// All of it.
pub struct State {
    /// As configured, and changed over the control API.
    pub config: HubSpotConfig,
    /// By plural name.
    pub stores: BTreeMap<&'static str, Store>,
    /// Both directions.
    pub links: HashMap<End, BTreeMap<End, Vec<Link>>>,
    /// Newest requests.
    pub log: Ring<Logged>,
    /// Requests by "METHOD /shape".
    pub counts: BTreeMap<String, u64>,
    /// Moments of the last 10 seconds' requests.
    pub recent: VecDeque<i64>,
    /// Moments of the last second's searches.
    pub searches: VecDeque<i64>,
    /// Day and its requests.
    pub day: (i64, u32),
    /// Webhook events not sent yet.
    pub pending: Vec<Value>,
    /// Whether a flush is due already.
    pub flushing: bool,
    /// Last id given.
    pub last_id: u64,
    /// Bound of records per type.
    pub most: usize,
    /// Source of ids and chances.
    pub rng: StdRng,
}

impl State {
    /// The state at start.
    pub fn new(config: &Config) -> Self {
        let now = config.clock.now();
        let stores = schema::KINDS
            .iter()
            .map(|kind| {
                let store = Store {
                    kind: kind.plural,
                    records: BTreeMap::new(),
                    aliases: HashMap::new(),
                    unique: HashMap::new(),
                    properties: schema::properties(kind, now),
                };
                (kind.plural, store)
            })
            .collect();
        Self {
            config: config.hubspot.clone(),
            stores,
            links: HashMap::new(),
            log: Ring::new(config.keep.requests),
            counts: BTreeMap::new(),
            recent: VecDeque::new(),
            searches: VecDeque::new(),
            day: (0, 0),
            pending: Vec::new(),
            flushing: false,
            last_id: 1_000,
            most: config.keep.records,
            rng: StdRng::seed_from_u64(config.seed ^ 0x4855_4253),
        }
    }

    /// A correlation id.
    pub fn correlation(&mut self) -> String {
        let r: u128 = self.rng.random();
        let hex = format!("{r:032x}");
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

impl Record {
    /// The record as the API shows it, with `wanted` properties (missing ones as null).
    pub fn view(&self, wanted: &[String]) -> Value {
        let properties: Map<String, Value> = wanted
            .iter()
            .map(|name| {
                (
                    name.clone(),
                    self.properties.get(name).filter(|v| !v.is_empty()).map_or(Value::Null, |v| v.as_str().into()),
                )
            })
            .collect();
        let mut view = json!({
            "id": self.id.to_string(),
            "properties": properties,
            "createdAt": iso(self.created),
            "updatedAt": iso(self.updated),
            "archived": self.archived.is_some(),
        });
        if let Some(at) = self.archived {
            view["archivedAt"] = iso(at).into();
        }
        view
    }

    /// What search sees at `now`; `None` = nothing yet.
    pub fn indexed(&self, now: i64) -> Option<&Properties> {
        match &self.stale {
            Some(stale) if now < stale.until => stale.properties.as_ref(),
            _ => Some(&self.properties),
        }
    }
}

impl Store {
    /// The record with that id, or the one it was merged into.
    pub fn record(&self, id: u64) -> Option<&Record> {
        self.records.get(self.aliases.get(&id).unwrap_or(&id))
    }

    /// Finds a record by id text, or by the value of a unique property.
    pub fn find(&self, id: &str, id_property: Option<&str>) -> Option<u64> {
        match id_property {
            None | Some("" | "hs_object_id") => {
                let id = id.parse().ok()?;
                self.record(id).map(|record| record.id)
            }
            Some(property) => self.unique.get(&(property.to_owned(), id.trim().to_lowercase())).copied(),
        }
    }
}
