//! What the Intercom stand-in knows.

use super::attributes::{self, Attribute};
use crate::{Config, IntercomConfig, bounded::Ring, calls::Logged};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

/// A contact: a user or a lead.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Its id.
    pub id: String,
    /// `user` or `lead`.
    pub role: String,
    /// Attributes of every workspace, without those kept here.
    pub attributes: Map<String, Value>,
    /// Attributes of this workspace's own.
    pub custom: Map<String, Value>,
    /// UTC milliseconds.
    pub created: i64,
    /// UTC milliseconds; shown in whole seconds.
    pub updated: i64,
    /// Put aside: neither shown nor found.
    pub archived: bool,
    /// What search goes on seeing after a change, and until when; `None` = nothing.
    pub stale: Option<(i64, Option<Box<Value>>)>,
}

/// All of it.
pub struct State {
    /// As configured, and changed over the control API.
    pub config: IntercomConfig,
    /// By id, archived ones too.
    pub contacts: BTreeMap<String, Contact>,
    /// External ids; archived contacts keep theirs.
    pub keys: HashMap<String, String>,
    /// Addresses of users, in lower case; those of leads are not unique.
    pub emails: HashMap<String, String>,
    /// Merged contacts, and whom they live on in.
    pub merged: HashMap<String, String>,
    /// Attributes of the workspace's own.
    pub attributes: Vec<Attribute>,
    /// Newest requests.
    pub log: Ring<Logged>,
    /// The present span of ten seconds, and requests in it.
    pub span: (i64, u32),
    /// Webhook events not sent yet.
    pub pending: Vec<Value>,
    /// Bound of contacts.
    pub most: usize,
    last_id: u64,
}

impl State {
    /// The state at start.
    pub fn new(config: &Config) -> Self {
        Self {
            config: config.intercom.clone(),
            contacts: BTreeMap::new(),
            keys: HashMap::new(),
            emails: HashMap::new(),
            merged: HashMap::new(),
            attributes: attributes::seed(),
            log: Ring::new(config.keep.requests),
            span: (0, 0),
            pending: Vec::new(),
            most: config.keep.records,
            last_id: 0,
        }
    }

    /// A new id, as Intercom's look.
    pub fn id(&mut self) -> String {
        self.last_id += 1;
        format!("6762f0{:018x}", self.last_id)
    }

    /// An id as leads get one in the place of an external one.
    pub fn lead_id(&mut self) -> String {
        self.last_id += 1;
        format!("c3ca7689-a3c1-4a05-b81d-{:012x}", self.last_id)
    }

    /// Notes that a contact changed: its stamp, and what search still sees.
    pub fn touch(&mut self, id: &str, now: i64, before: Option<Value>) {
        let lag = self.config.index_lag_ms;
        let Some(contact) = self.contacts.get_mut(id) else { return };
        contact.updated = now;
        if lag > 0 {
            contact.stale = Some((now + lag, before.map(Box::new)));
        }
    }

    /// Notes an event about a contact. Without a receiver nothing is kept.
    pub fn tell(&mut self, topic: &str, item: &Value, now: i64) {
        if self.config.webhook_url.is_none() || self.pending.len() >= 100_000 {
            return;
        }
        self.last_id += 1;
        self.pending.push(json!({
            "type": "notification_event",
            "app_id": self.config.workspace_id,
            "data": { "type": "notification_event_data", "item": item },
            "links": {},
            "id": format!("notif_37175b28-db5f-4aa5-848a-{:012x}", self.last_id),
            "topic": format!("contact.{topic}"),
            "delivery_status": "pending",
            "delivery_attempts": 1,
            "delivered_at": 0,
            "first_sent_at": now / 1_000,
            "created_at": now / 1_000,
            "self": null,
        }));
    }

    /// Notes that a contact was made or changed.
    pub fn tell_of(&mut self, id: &str, what: &str, now: i64) {
        let Some(contact) = self.contacts.get(id) else { return };
        let (topic, item) = (format!("{}.{what}", contact.role), contact.told(&self.config.workspace_id));
        self.tell(&topic, &item, now);
    }
}

impl Contact {
    /// A text attribute.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).and_then(Value::as_str)
    }

    /// What search sees now; `None` = nothing yet.
    pub fn indexed(&self, workspace: &str, now: i64) -> Option<Value> {
        match &self.stale {
            Some((until, before)) if now < *until => before.as_deref().cloned(),
            _ => Some(self.view(workspace)),
        }
    }

    /// The contact as the API shows it: moments in whole seconds.
    pub fn view(&self, workspace: &str) -> Value {
        self.shown(workspace, &|ms| ms.div_euclid(1_000).into())
    }

    /// The contact as webhooks tell of it: moments as text.
    pub fn told(&self, workspace: &str) -> Value {
        let mut told = self.shown(workspace, &|ms| crate::clock::iso(ms).into());
        for name in ["signed_up_at", "last_seen_at", "last_replied_at", "last_contacted_at"] {
            if let Some(seconds) = told[name].as_i64() {
                told[name] = crate::clock::iso(seconds * 1_000).into();
            }
        }
        told
    }

    fn shown(&self, workspace: &str, moment: &dyn Fn(i64) -> Value) -> Value {
        let mut view = Value::Object(self.attributes.clone());
        view["type"] = "contact".into();
        view["id"] = self.id.as_str().into();
        view["workspace_id"] = workspace.into();
        view["role"] = self.role.as_str().into();
        view["created_at"] = moment(self.created);
        view["updated_at"] = moment(self.updated);
        view["custom_attributes"] = Value::Object(self.custom.clone());
        view["avatar"] = Value::Null;
        view["location"] = json!({ "type": "location", "country": null, "region": null, "city": null });
        for (name, what) in [("tags", "tags"), ("notes", "notes"), ("companies", "companies")] {
            let url = format!("/contacts/{}/{what}", self.id);
            view[name] = json!({ "type": "list", "data": [], "url": url, "total_count": 0, "has_more": false });
        }
        view["social_profiles"] = json!({ "type": "list", "data": [] });
        view
    }
}
