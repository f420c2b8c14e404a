//! Misbehaviour on request: which calls or deliveries are hit, and how.

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};

/// Whose traffic a fault applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Calls to the Graph API (for `duplicate` and `reorder`: its webhooks).
    Whatsapp,
    /// Calls to the CRM (for `duplicate` and `reorder`: its webhooks).
    Hubspot,
    /// Webhooks of the Graph API.
    WhatsappWebhook,
    /// Webhooks of the CRM.
    HubspotWebhook,
    /// Calls to the help desk (for `duplicate` and `reorder`: its webhooks).
    Zendesk,
    /// Webhooks of the help desk.
    ZendeskWebhook,
    /// Calls to Zoho CRM, its accounts server too (for `duplicate` and `reorder`: its notifications).
    Zoho,
    /// Notifications of Zoho CRM.
    ZohoWebhook,
    /// Calls to Salesforce, its token endpoint too.
    Salesforce,
    /// Calls to Freshdesk (for `duplicate` and `reorder`: its rule's webhooks).
    Freshdesk,
    /// Webhooks of Freshdesk's rule.
    FreshdeskWebhook,
    /// Calls to Intercom (for `duplicate` and `reorder`: its webhooks).
    Intercom,
    /// Webhooks of Intercom.
    IntercomWebhook,
    /// Calls to companies' own CRMs, the token endpoint too (for `duplicate` and `reorder`: their webhooks).
    Rest,
    /// Webhooks of companies' own CRMs.
    RestWebhook,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Answers with HTTP `status` without doing anything.
    Status,
    /// Answers with the vendor's error `code`; asynchronous WhatsApp codes become a `failed` status.
    ErrorCode,
    /// Waits `delay_ms` (real time), then goes on as usual.
    Delay,
    /// Does what was asked, then closes the connection instead of answering.
    DropResponse,
    /// Closes the connection without doing anything.
    CutBefore,
    /// Does nothing and never answers (the connection is closed after two minutes).
    Timeout,
    /// Delivers a webhook twice.
    Duplicate,
    /// Holds a webhook back until the next one of the same customer was delivered.
    Reorder,
}

/// Which traffic is meant; everything that is given must hold.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    /// Part of the path.
    pub path: Option<String>,
    /// Recipient (or for webhooks the customer), digits or user id.
    pub to: Option<String>,
    /// HTTP method.
    pub method: Option<String>,
    /// Kind of the message that a call sends: `text`, `template`, ...
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// A fault as defined over the control API.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Set by the sandbox.
    #[serde(default)]
    pub id: u64,
    /// Whose traffic.
    pub target: Target,
    /// Which of it.
    #[serde(default, rename = "match")]
    pub matching: Match,
    /// What goes wrong.
    pub kind: Kind,
    /// HTTP status for `status` (default 500).
    #[serde(default)]
    pub status: Option<u16>,
    /// Error code for `error_code`: a Meta code, or a HubSpot category such as "CONFLICT".
    #[serde(default)]
    pub code: Option<serde_json::Value>,
    /// For `status` and `timeout`: what was asked is done first, only the answer tells nothing of it.
    #[serde(default)]
    pub after: bool,
    /// Wait for `delay`, real milliseconds.
    #[serde(default)]
    pub delay_ms: Option<u64>,
    /// What a `Retry-After` header says: seconds, or any text.
    #[serde(default)]
    pub retry_after: Option<serde_json::Value>,
    /// Share of matching traffic that is hit (default all).
    #[serde(default)]
    pub probability: Option<f64>,
    /// How often it may hit (default without end).
    #[serde(default)]
    pub times: Option<u64>,
    /// How often it did hit.
    #[serde(default)]
    pub hits: u64,
}

impl Fault {
    /// The `Retry-After` header, as far as it can be sent.
    pub fn retry_after(&self) -> Option<String> {
        let text = match self.retry_after.as_ref()? {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        text.chars().all(|c| (' '..='~').contains(&c)).then_some(text)
    }
}

/// One call or delivery as faults see it.
pub struct Traffic<'a> {
    /// Whose.
    pub target: Target,
    /// Path of the call, or of the receiver.
    pub path: &'a str,
    /// HTTP method.
    pub method: &'a str,
    /// Recipient or customer.
    pub to: &'a str,
    /// Kind of the message; empty when it is none.
    pub kind: &'a str,
}

struct Inner {
    faults: Vec<Fault>,
    next: u64,
    rng: StdRng,
}

/// The faults in force.
pub struct Faults(Mutex<Inner>);

impl Faults {
    /// None yet.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(Inner { faults: Vec::new(), next: 1, rng: StdRng::seed_from_u64(seed ^ 0xFA17) }))
    }

    fn edit<R>(&self, f: impl FnOnce(&mut Inner) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a fault and returns it with its id.
    pub fn add(&self, mut fault: Fault) -> Fault {
        if matches!(fault.kind, Kind::Duplicate | Kind::Reorder) {
            fault.target = match fault.target {
                Target::Whatsapp => Target::WhatsappWebhook,
                Target::Hubspot => Target::HubspotWebhook,
                Target::Zendesk => Target::ZendeskWebhook,
                Target::Zoho => Target::ZohoWebhook,
                Target::Freshdesk => Target::FreshdeskWebhook,
                Target::Intercom => Target::IntercomWebhook,
                Target::Rest => Target::RestWebhook,
                other => other,
            };
        }
        self.edit(|inner| {
            fault.id = inner.next;
            fault.hits = 0;
            inner.next += 1;
            inner.faults.push(fault.clone());
            // A list this long means a script forgot to clean up: the oldest go.
            if inner.faults.len() > 1_000 {
                inner.faults.remove(0);
            }
        });
        fault
    }

    /// All faults, used up ones included.
    pub fn list(&self) -> Vec<Fault> {
        self.edit(|inner| inner.faults.clone())
    }

    /// Removes one fault, or all.
    pub fn clear(&self, id: Option<u64>) {
        self.edit(|inner| inner.faults.retain(|fault| id.is_some_and(|id| fault.id != id)));
    }

    /// The first fault that hits this traffic; counts the hit.
    pub fn hit(&self, traffic: &Traffic<'_>) -> Option<Fault> {
        self.edit(|inner| {
            let Inner { faults, rng, .. } = inner;
            let fault = faults.iter_mut().find(|fault| {
                fault.target == traffic.target
                    && fault.times.is_none_or(|times| fault.hits < times)
                    && matches(&fault.matching, traffic)
                    && fault.probability.is_none_or(|p| rng.random_bool(p.clamp(0.0, 1.0)))
            })?;
            fault.hits += 1;
            Some(fault.clone())
        })
    }
}

fn matches(matching: &Match, traffic: &Traffic<'_>) -> bool {
    let plain = |s: &str| s.trim_start_matches('+').to_owned();
    matching.path.as_ref().is_none_or(|path| traffic.path.contains(path.as_str()))
        && matching.to.as_ref().is_none_or(|to| plain(to) == plain(traffic.to))
        && matching.kind.as_ref().is_none_or(|kind| kind == traffic.kind)
        && matching.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(traffic.method))
}
