//! What the Freshdesk stand-in knows.

use super::FreshdeskConfig;
use super::tickets::Ticket;
use crate::{Config, bounded::Ring, calls::Logged, zendesk::state::iso};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, VecDeque};

/// A contact.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Its id.
    pub id: u64,
    /// Attributes as the API shows them, without those kept below.
    pub attributes: Map<String, Value>,
    /// Values of the account's own fields.
    pub custom: Map<String, Value>,
    /// UTC milliseconds.
    pub created: i64,
    /// UTC milliseconds; shown in whole seconds.
    pub updated: i64,
    /// In the trash.
    pub deleted: bool,
    /// What search shows until it knows better: until when, and the contact as it was, if it was.
    pub stale: Option<(i64, Option<Value>)>,
}

/// All of it.
pub struct State {
    /// As configured, and changed over the control API.
    pub config: FreshdeskConfig,
    /// By id.
    pub contacts: BTreeMap<u64, Contact>,
    /// Tickets by id.
    pub tickets: BTreeMap<u64, Ticket>,
    /// Fields of tickets that the account made: name, label.
    pub ticket_fields: Vec<(String, String)>,
    /// Newest requests.
    pub log: Ring<Logged>,
    /// Moments of the last minute's requests.
    pub recent: VecDeque<i64>,
    /// Moments of the last minute's lists.
    pub lists: VecDeque<i64>,
    /// Last id given.
    pub last_id: u64,
    /// Last number of a ticket.
    pub last_ticket: u64,
    /// Bound of contacts.
    pub most: usize,
}

impl State {
    /// The state at start.
    pub fn new(config: &Config) -> Self {
        Self {
            config: config.freshdesk.clone(),
            contacts: BTreeMap::new(),
            tickets: BTreeMap::new(),
            ticket_fields: Vec::new(),
            log: Ring::new(config.keep.requests),
            recent: VecDeque::new(),
            lists: VecDeque::new(),
            last_id: 43_000_000_000,
            last_ticket: 1_000,
            most: config.keep.records,
        }
    }

    /// A contact that is not in the trash.
    pub fn alive(&self, id: u64) -> Option<&Contact> {
        self.contacts.get(&id).filter(|contact| !contact.deleted)
    }

    /// Changes a contact and notes that it changed.
    pub fn touch(&mut self, id: u64, now: i64, change: impl FnOnce(&mut Contact)) {
        let lag = self.config.index_lag_ms;
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        let before = contact.view();
        change(contact);
        contact.updated = now;
        // While it lags, search keeps what it showed first.
        let shown = contact.stale.take().filter(|(until, _)| now < *until).map_or(Some(before), |(_, shown)| shown);
        contact.stale = (lag > 0).then_some((now + lag, shown));
    }
}

impl Contact {
    /// A text attribute.
    pub fn text(&self, name: &str) -> &str {
        self.attributes.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The words of a list attribute.
    pub fn words(&self, name: &str) -> Vec<String> {
        let list = self.attributes.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The contact as the API shows it.
    pub fn view(&self) -> Value {
        let mut view = Value::Object(self.attributes.clone());
        view["id"] = self.id.into();
        view["active"] = false.into();
        view["custom_fields"] = Value::Object(self.custom.clone());
        view["created_at"] = iso(self.created).into();
        view["updated_at"] = iso(self.updated).into();
        if self.deleted {
            view["deleted"] = true.into();
        }
        view
    }

    /// The contact as lists show it: without some attributes.
    pub fn row(&self) -> Value {
        let mut view = self.view();
        if let Some(view) = view.as_object_mut() {
            for name in ["tags", "view_all_tickets", "other_companies"] {
                view.remove(name);
            }
        }
        view
    }

    /// What search shows of the contact now; `None` = nothing.
    pub fn indexed(&self, now: i64) -> Option<Value> {
        match &self.stale {
            Some((until, shown)) if now < *until => shown.clone(),
            _ => Some(self.view()),
        }
        .filter(|view| view["deleted"] != true)
    }
}

/// Attributes of a new contact.
pub fn blank() -> Map<String, Value> {
    let blank = json!({
        "name": null, "email": null, "phone": null, "mobile": null, "twitter_id": null, "unique_external_id": null,
        "address": null, "description": null, "job_title": null, "time_zone": "UTC", "language": "en",
        "other_emails": [], "tags": [], "company_id": null, "view_all_tickets": false, "other_companies": [],
        "facebook_id": null, "csat_rating": null, "preferred_source": null,
    });
    blank.as_object().cloned().unwrap_or_default()
}
