//! What the Zendesk stand-in knows.

use super::tickets::{Kept, Ticket};
use crate::{Config, ZendeskConfig, bounded::Ring, calls::Logged};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// An address of a user.
#[derive(Clone, Debug)]
pub struct Email {
    /// Its id.
    pub id: u64,
    /// The address.
    pub value: String,
    /// The one that counts.
    pub primary: bool,
}

/// What search still sees of a user who changed moments ago.
#[derive(Clone, Debug)]
pub struct Stale {
    /// Until when.
    pub until: i64,
    /// The old phone; `None` = the user did not exist.
    pub phone: Option<String>,
    /// The old addresses.
    pub emails: Vec<String>,
}

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// Its id.
    pub id: u64,
    /// Attributes as the API shows them, without those kept below.
    pub attributes: Map<String, Value>,
    /// Values of the account's own fields.
    pub fields: Map<String, Value>,
    /// Addresses.
    pub emails: Vec<Email>,
    /// UTC milliseconds.
    pub created: i64,
    /// UTC milliseconds; shown in whole seconds.
    pub updated: i64,
    /// Place in the order of changes.
    pub seq: u64,
    /// Not deleted.
    pub active: bool,
    /// The index's view while it lags.
    pub stale: Option<Stale>,
}

/// A job.
#[derive(Clone, Debug)]
pub struct Job {
    /// When it is at its end.
    pub ends: i64,
    /// A row of results for each row asked.
    pub results: Vec<Value>,
}

/// All of it.
pub struct State {
    /// As configured, and changed over the control API.
    pub config: ZendeskConfig,
    /// By id.
    pub users: BTreeMap<u64, User>,
    /// External ids in lower case; deleted users free theirs.
    pub keys: HashMap<String, u64>,
    /// Addresses in lower case; deleted users free theirs.
    pub emails: HashMap<String, u64>,
    /// Jobs by id.
    pub jobs: BTreeMap<String, Job>,
    /// Tickets by id.
    pub tickets: BTreeMap<u64, Ticket>,
    /// What was answered under idempotency keys.
    pub kept: HashMap<String, Kept>,
    /// Newest requests.
    pub log: Ring<Logged>,
    /// Moments of the last minute's requests.
    pub recent: VecDeque<i64>,
    /// Moments of the last minute's exports.
    pub exports: VecDeque<i64>,
    /// Webhook events not sent yet.
    pub pending: Vec<Value>,
    /// Last id given.
    pub last_id: u64,
    /// Last place in the order of changes.
    pub last_seq: u64,
    /// Bound of users.
    pub most: usize,
}

/// ISO 8601 in UTC with whole seconds, as Zendesk writes it.
pub fn iso(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

impl State {
    /// The state at start.
    pub fn new(config: &Config) -> Self {
        Self {
            config: config.zendesk.clone(),
            users: BTreeMap::new(),
            keys: HashMap::new(),
            emails: HashMap::new(),
            jobs: BTreeMap::new(),
            tickets: BTreeMap::new(),
            kept: HashMap::new(),
            log: Ring::new(config.keep.requests),
            recent: VecDeque::new(),
            exports: VecDeque::new(),
            pending: Vec::new(),
            last_id: 8_000,
            last_seq: 0,
            most: config.keep.records,
        }
    }

    /// A new id.
    pub fn id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Notes that a user changed: its stamp, its place in the order, what search still sees, and an event.
    pub fn touch(&mut self, id: u64, topic: &str, event: Value, now: i64, before: Option<Stale>) {
        self.last_seq += 1;
        let (seq, lag) = (self.last_seq, self.config.index_lag_ms);
        let Some(user) = self.users.get_mut(&id) else { return };
        user.seq = seq;
        user.updated = now;
        if lag > 0 {
            user.stale = before.map(|stale| Stale { until: now + lag, ..stale });
        }
        let view = user.view();
        // Without a receiver nothing is kept.
        if self.config.webhook_url.is_some() && self.pending.len() < 100_000 {
            self.pending.push(json!({
                "account_id": 22_129_848,
                "id": format!("01{:024}", seq),
                "subject": format!("zen:user:{id}"),
                "time": iso(now),
                "type": format!("zen:event-type:user.{topic}"),
                "zendesk_event_version": "2022-06-20",
                "event": event,
                "detail": {
                    "id": id.to_string(), "role": view["role"], "email": view["email"],
                    "external_id": view["external_id"], "created_at": view["created_at"], "updated_at": view["updated_at"],
                },
            }));
        }
    }
}

impl User {
    /// The address that counts.
    pub fn email(&self) -> Option<&str> {
        self.emails.iter().find(|email| email.primary).map(|email| email.value.as_str())
    }

    /// A text attribute.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).and_then(Value::as_str)
    }

    /// What search sees now of phone and addresses; `None` = nothing yet.
    pub fn indexed(&self, now: i64) -> Option<(String, Vec<String>)> {
        match &self.stale {
            Some(stale) if now < stale.until => stale.phone.clone().map(|phone| (phone, stale.emails.clone())),
            _ => Some(self.seen()),
        }
    }

    /// Phone and addresses as they are.
    pub fn seen(&self) -> (String, Vec<String>) {
        let emails = self.emails.iter().map(|email| email.value.clone()).collect();
        (self.text("phone").unwrap_or_default().to_owned(), emails)
    }

    /// The state search goes on seeing after a change.
    pub fn stale(&self) -> Option<Stale> {
        let (phone, emails) = self.seen();
        Some(Stale { until: 0, phone: Some(phone), emails })
    }

    /// The user as the API shows it.
    pub fn view(&self) -> Value {
        let mut view = Value::Object(self.attributes.clone());
        view["id"] = self.id.into();
        view["email"] = self.email().map_or(Value::Null, Into::into);
        view["active"] = self.active.into();
        view["user_fields"] = Value::Object(self.fields.clone());
        view["created_at"] = iso(self.created).into();
        view["updated_at"] = iso(self.updated).into();
        view
    }
}
