//! What the Salesforce stand-in knows.

use super::fields::{self, Field};
use super::things::Shelf;
use crate::{Config, SalesforceConfig, bounded::Ring, calls::Logged};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The org.
pub const ORG: &str = "00D5g000004abcdEAA";
/// The user whose calls these are.
pub const USER: &str = "0055g00000fghijAAA";

/// A contact.
#[derive(Clone, Debug)]
pub struct Contact {
    /// 18 characters.
    pub id: String,
    /// Values; what is missing is null.
    pub values: Map<String, Value>,
    /// UTC milliseconds.
    pub created: i64,
    /// UTC milliseconds; shown, and compared, in whole seconds.
    pub modified: i64,
    /// In the recycle bin.
    pub deleted: bool,
    /// Gone from the recycle bin too.
    pub purged: bool,
    /// The contact it was merged into.
    pub master: Option<String>,
    /// Numbers that search still sees, and until when.
    pub stale: Option<(i64, Vec<String>)>,
    /// So many writes find it locked.
    pub locked: u32,
}

/// What is left of a question's answer.
#[derive(Clone, Debug)]
pub struct Cursor {
    /// All records.
    pub records: Vec<Value>,
    /// Records of one batch.
    pub size: usize,
}

/// All of it.
pub struct State {
    /// As configured, and changed over the control API.
    pub config: SalesforceConfig,
    /// By id.
    pub contacts: BTreeMap<String, Contact>,
    /// Opportunities and cases.
    pub things: [Shelf; 2],
    /// The fields of a contact.
    pub fields: Vec<Field>,
    /// Custom fields that are there, but shown to nobody yet.
    pub hidden: Vec<Field>,
    /// The permission set of the app: its id, the fields it shows, and whether the user has it.
    pub set: Option<(String, Vec<String>, bool)>,
    /// Access tokens, and until when they are good.
    pub sessions: HashMap<String, i64>,
    /// Refresh tokens that were used where each is good once.
    pub spent: HashSet<String>,
    /// Answers that are read batch by batch.
    pub cursors: BTreeMap<String, Cursor>,
    /// Calls since the day began.
    pub used: (i64, u64),
    /// Tokens given out.
    pub grants: u64,
    /// Newest requests.
    pub log: Ring<Logged>,
    /// Last number of an id.
    pub last: u64,
    /// Bound of contacts.
    pub most: usize,
}

impl State {
    /// The state at start.
    pub fn new(config: &Config) -> Self {
        Self {
            config: config.salesforce.clone(),
            contacts: BTreeMap::new(),
            things: Shelf::both(),
            fields: fields::start(),
            hidden: Vec::new(),
            set: None,
            sessions: HashMap::new(),
            spent: HashSet::new(),
            cursors: BTreeMap::new(),
            used: (0, 0),
            grants: 0,
            log: Ring::new(config.keep.requests),
            last: 0,
            most: config.keep.records,
        }
    }

    /// A new id of a kind of record. Small letters and digits only, so that its last three are always the same.
    pub fn id(&mut self, prefix: &str) -> String {
        self.last += 1;
        let (mut left, mut tail) = (self.last, Vec::new());
        while left > 0 || tail.len() < 5 {
            tail.push(b"0123456789abcdefghijklmnopqrstuvwxyz"[(left % 36) as usize]);
            left /= 36;
        }
        tail.reverse();
        format!("{prefix}5g00000{}AAA", String::from_utf8_lossy(&tail))
    }

    /// A contact by its long or short id, deleted or not.
    pub fn find(&self, id: &str) -> Option<&Contact> {
        match id.len() {
            15 => self.contacts.values().find(|contact| contact.id.starts_with(id)),
            _ => self.contacts.get(id),
        }
    }

    /// The contact that has this value in a field, by which records are known from outside.
    pub fn by_external(&self, field: &str, value: &str) -> Option<&Contact> {
        let has = |contact: &&Contact| {
            !contact.deleted && contact.text(field).is_some_and(|own| own.eq_ignore_ascii_case(value))
        };
        self.contacts.values().find(has)
    }

    /// A field the user sees.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// Shows hidden fields that the user's permission set names.
    pub fn show(&mut self) {
        if let Some((_, shown, true)) = &self.set {
            let shown = shown.clone();
            let (visible, hidden) = self.hidden.drain(..).partition(|field| shown.contains(&field.name));
            self.fields.extend::<Vec<Field>>(visible);
            self.hidden = hidden;
            for shelf in &mut self.things {
                let is_shown = |field: &Field| shown.contains(&format!("{}.{}", shelf.object, field.name));
                let (visible, hidden) = shelf.hidden.drain(..).partition(is_shown);
                shelf.fields.extend::<Vec<Field>>(visible);
                shelf.hidden = hidden;
            }
        }
    }
}

impl Contact {
    /// A value as text, when there is one.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.values.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A field's value as the API shows it.
    pub fn value(&self, field: &Field) -> Value {
        match field.name.as_str() {
            "Id" => self.id.clone().into(),
            "IsDeleted" => self.deleted.into(),
            "MasterRecordId" => self.master.clone().into(),
            "Name" => [self.text("FirstName"), self.text("LastName")]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ")
                .into(),
            "CreatedDate" => stamp(self.created).into(),
            "LastModifiedDate" | "SystemModstamp" => stamp(self.modified).into(),
            "OwnerId" => USER.into(),
            name => self.values.get(name).cloned().unwrap_or(if field.kind == "boolean" {
                false.into()
            } else {
                Value::Null
            }),
        }
    }

    /// Its numbers.
    pub fn numbers(&self) -> Vec<String> {
        let fields = ["Phone", "MobilePhone", "HomePhone", "OtherPhone"];
        fields.iter().filter_map(|name| self.text(name)).map(str::to_owned).collect()
    }

    /// The numbers search sees now.
    pub fn indexed(&self, now: i64) -> Vec<String> {
        match &self.stale {
            Some((until, numbers)) if now < *until => numbers.clone(),
            _ => self.numbers(),
        }
    }
}

/// As Salesforce writes a moment.
pub fn stamp(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%dT%H:%M:%S.000+0000").to_string())
}
