//! What the Zoho stand-in knows.

use super::config::ZohoConfig;
use super::fields::{self, Field};
use super::things::Shelf;
use super::watch::Watch;
use crate::{Config, bounded::Ring, calls::Logged};
use jiff::tz::{Offset, TimeZone};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, atomic::AtomicUsize};

/// The first id; real ones are too long for a float too.
const FIRST: u64 = 5_725_767_000_000_410_000;
/// Where numbers stand.
pub const PHONES: [&str; 4] = ["Mobile", "Phone", "Home_Phone", "Other_Phone"];

/// What search still sees of a contact that changed moments ago.
#[derive(Clone, Debug)]
pub struct Stale {
    /// Until when.
    pub until: i64,
    /// The old values; `None` = the contact did not exist.
    pub fields: Option<Map<String, Value>>,
}

/// Whoever did whatever was done.
pub fn person() -> Value {
    json!({ "name": "Kim Agent", "id": "5725767000000411001", "email": "kim@shop.example" })
}

/// A contact; deals and cases are records of the same form.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Its id.
    pub id: u64,
    /// Values of its fields; absent ones are null.
    pub fields: Map<String, Value>,
    /// UTC milliseconds.
    pub created: i64,
    /// UTC milliseconds; shown in whole seconds.
    pub modified: i64,
    /// The index's view while it lags.
    pub stale: Option<Stale>,
}

/// A contact that is gone.
#[derive(Clone, Debug)]
pub struct Gone {
    /// Its id.
    pub id: u64,
    /// Its last name.
    pub name: String,
    /// When.
    pub at: i64,
    /// Gone from the recycle bin too.
    pub permanent: bool,
}

/// All of it.
pub struct State {
    /// As configured, and changed over the control API.
    pub config: ZohoConfig,
    /// By id.
    pub contacts: BTreeMap<u64, Contact>,
    /// Deleted ones, oldest first.
    pub gone: Vec<Gone>,
    /// The fields there are.
    pub fields: Vec<Field>,
    /// Values of unique fields in lower case: field, then value.
    pub unique: HashMap<String, HashMap<String, u64>>,
    /// Access tokens, oldest first, with their refresh token and end.
    pub tokens: VecDeque<(String, String, i64)>,
    /// Moments at which refresh tokens were used.
    pub grants: VecDeque<(String, i64)>,
    /// Credits used: moment, how many.
    pub used: VecDeque<(i64, u32)>,
    /// Calls that are being answered.
    pub flight: Arc<AtomicUsize>,
    /// Channels by id.
    pub watches: BTreeMap<u64, Watch>,
    /// Deals and cases.
    pub things: [Shelf; 2],
    /// Notifications not sent yet: channel, module, operation, record.
    pub pending: Vec<(u64, &'static str, &'static str, u64)>,
    /// Newest requests.
    pub log: Ring<Logged>,
    /// Last number given.
    pub last: u64,
    /// Bound of contacts.
    pub most: usize,
}

impl State {
    /// The state at start.
    pub fn new(config: &Config) -> Self {
        let own = config.zoho.clone();
        Self {
            fields: fields::start(own.unique_email),
            config: own,
            contacts: BTreeMap::new(),
            gone: Vec::new(),
            unique: HashMap::new(),
            tokens: VecDeque::new(),
            grants: VecDeque::new(),
            used: VecDeque::new(),
            flight: Arc::new(AtomicUsize::new(0)),
            watches: BTreeMap::new(),
            things: Shelf::both(),
            pending: Vec::new(),
            log: Ring::new(config.keep.requests),
            last: FIRST,
            most: config.keep.records,
        }
    }

    /// A new id.
    pub fn id(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// ISO 8601 in whole seconds, with the account's offset.
    pub fn iso(&self, ms: i64) -> String {
        let offset = Offset::from_seconds(self.config.offset_minutes * 60).unwrap_or(Offset::UTC);
        jiff::Timestamp::from_millisecond(ms).map_or_else(
            |_| String::new(),
            |at| at.to_zoned(TimeZone::fixed(offset)).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        )
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The value of a field as the API shows it.
    pub fn value(&self, contact: &Contact, name: &str) -> Value {
        let text = |name: &str| contact.fields.get(name).and_then(Value::as_str).unwrap_or_default();
        match name {
            "id" => contact.id.to_string().into(),
            "Created_Time" => self.iso(contact.created).into(),
            "Modified_Time" => self.iso(contact.modified).into(),
            "Owner" | "Created_By" | "Modified_By" => person(),
            "Full_Name" => format!("{} {}", text("First_Name"), text("Last_Name")).trim().into(),
            _ => contact.fields.get(name).cloned().unwrap_or(Value::Null),
        }
    }

    /// The contact with these fields; with `None`, all of them. Fields that do not exist are passed over.
    pub fn view(&self, contact: &Contact, names: Option<&[String]>) -> Value {
        let mut view = Map::new();
        view.insert("id".to_owned(), contact.id.to_string().into());
        for field in &self.fields {
            if names.is_none_or(|names| names.contains(&field.name)) {
                view.insert(field.name.clone(), self.value(contact, &field.name));
            }
        }
        if names.is_none() {
            view.insert("$editable".to_owned(), true.into());
            view.insert("$approval_state".to_owned(), "approved".into());
        }
        view.into()
    }

    /// Notes that a record of a module changed, for the channels that want to know.
    pub fn tell(&mut self, module: &'static str, operation: &'static str, id: u64, now: i64) {
        let event = format!("{module}.all");
        let wants = |watch: &Watch| watch.until > now && watch.events.contains(&event);
        let live: Vec<u64> =
            self.watches.iter().filter(|(_, watch)| wants(watch)).map(|(channel, _)| *channel).collect();
        if self.pending.len() < 100_000 {
            self.pending.extend(live.into_iter().map(|channel| (channel, module, operation, id)));
        }
    }
}

impl Contact {
    /// What search sees now; `None` = nothing yet.
    pub fn indexed(&self, now: i64) -> Option<&Map<String, Value>> {
        match &self.stale {
            Some(stale) if now < stale.until => stale.fields.as_ref(),
            _ => Some(&self.fields),
        }
    }

    /// Whole seconds since 1970 of the last change.
    pub fn stamp(&self) -> i64 {
        self.modified.div_euclid(1_000)
    }
}
