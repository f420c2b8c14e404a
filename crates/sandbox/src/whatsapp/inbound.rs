//! Customers and what they send (whatsapp-cloud-api.md §3, §14).

use super::{
    content,
    envelope::{self, Options},
    media, messages,
    state::{Inbound, State},
};
use crate::{deliver::Outcome, twilio, world::World};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use tokio::sync::oneshot;

/// A WhatsApp user as the sandbox knows them.
#[derive(Clone, Debug, Serialize)]
pub struct Customer {
    /// Digits of the number; missing when only the user id is known.
    pub wa_id: Option<String>,
    /// Business-scoped user id.
    pub user_id: String,
    /// Profile name.
    pub name: String,
    /// Public username.
    pub username: Option<String>,
    /// The number is not told to the business.
    pub hide_number: bool,
    /// On WhatsApp; otherwise messages fail with 131026.
    pub reachable: bool,
    /// Blocked the business; messages fail with 131026.
    pub blocks_business: bool,
    /// Sends read receipts.
    pub read_receipts: bool,
    /// Stopped marketing messages (131050).
    pub marketing_opt_out: bool,
    /// In Meta's experiment group (marketing fails with 130472).
    pub experiment: bool,
    /// The code every message to this customer fails with.
    pub answers_with: Option<i64>,
    /// When the user last wrote, by number.
    pub windows: HashMap<String, i64>,
    /// When the user came from an ad, and until when the free entry point lasts, by number.
    pub entries: HashMap<String, (i64, Option<i64>)>,
    /// Marketing templates of the last day.
    #[serde(skip)]
    pub marketing: Vec<i64>,
}

impl Customer {
    /// One entry of `contacts[]`.
    pub fn contact(&self) -> Value {
        let mut contact = json!({"profile": {"name": self.name}, "user_id": self.user_id});
        if let Some(username) = &self.username {
            contact["profile"]["username"] = username.as_str().into();
        }
        if let (Some(wa_id), false) = (&self.wa_id, self.hide_number) {
            contact["wa_id"] = wa_id.as_str().into();
        }
        contact
    }
}

/// A message to inject as a customer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Injection {
    /// The customer's number; may be missing when `user_id` is given.
    pub from: Option<String>,
    /// The number written to; default the first.
    pub phone_number_id: Option<String>,
    /// Profile name.
    pub name: Option<String>,
    /// Business-scoped user id; made up from the number when missing.
    pub user_id: Option<String>,
    /// Username.
    pub username: Option<String>,
    /// Hide the number from the business.
    pub hide_number: Option<bool>,
    /// Short for a text message.
    pub text: Option<String>,
    /// The message in Meta's shape: `{type, <type>: {..}, context?, referral?}`. Media objects without `id` get
    /// a file: from `data` (base64) or a small sample.
    pub message: Option<Value>,
    /// An id of one's own, for instance to send the same message twice.
    pub wamid: Option<String>,
    /// When it was written, UTC seconds; default now.
    pub timestamp: Option<i64>,
    /// Answer only when the first delivery was tried (default true).
    pub wait: Option<bool>,
}

/// What an injection led to.
#[derive(Clone, Debug, Serialize)]
pub struct Injected {
    /// The message's id.
    pub wamid: String,
    /// `delivered`, `failed` (will be retried), `queued` (not waited for) or `no_subscriber`.
    pub delivery: &'static str,
    /// HTTP status of the receiver's answer to the first try.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// The customer's user id.
    pub user_id: String,
}

/// Key of the customer with that number or user id; made when unknown. Needs at least one of the two.
pub fn customer(state: &mut State, wa_id: Option<&str>, user_id: Option<&str>) -> String {
    let known = user_id
        .and_then(|id| state.users.get(id).cloned())
        .or_else(|| wa_id.and_then(|id| state.users.get(id).cloned()));
    if let Some(key) = known
        && let Some(customer) = state.customers.get_mut(&key)
    {
        if let (None, Some(wa_id)) = (&customer.wa_id, wa_id) {
            customer.wa_id = Some(wa_id.to_owned());
            state.users.insert(wa_id.to_owned(), key.clone());
        }
        if let Some(user_id) = user_id.filter(|id| *id != customer.user_id) {
            customer.user_id = user_id.to_owned();
            state.users.insert(user_id.to_owned(), key.clone());
        }
        return key;
    }
    let user_id = user_id.map_or_else(|| made_up_user_id(wa_id.unwrap_or("")), str::to_owned);
    let key = wa_id.unwrap_or(&user_id).to_owned();
    let customer = Customer {
        wa_id: wa_id.map(str::to_owned),
        user_id: user_id.clone(),
        name: format!("Customer {}", &key[key.len().saturating_sub(4)..]),
        username: None,
        hide_number: false,
        reachable: true,
        blocks_business: false,
        read_receipts: true,
        marketing_opt_out: false,
        experiment: false,
        answers_with: None,
        windows: HashMap::new(),
        entries: HashMap::new(),
        marketing: Vec::new(),
    };
    state.users.insert(user_id, key.clone());
    if let Some(wa_id) = wa_id {
        state.users.insert(wa_id.to_owned(), key.clone());
    }
    if let Some((_, old)) = state.customers.insert(key.clone(), customer) {
        state.users.remove(&old.user_id);
        old.wa_id.and_then(|wa_id| state.users.remove(&wa_id));
    }
    key
}

/// `CC.` and 17 digits that depend on the number only, so that they survive a reset.
fn made_up_user_id(wa_id: &str) -> String {
    const COUNTRIES: &[(&str, &str)] = &[
        ("1", "US"),
        ("20", "EG"),
        ("33", "FR"),
        ("34", "ES"),
        ("44", "GB"),
        ("49", "DE"),
        ("52", "MX"),
        ("54", "AR"),
        ("55", "BR"),
        ("62", "ID"),
        ("65", "SG"),
        ("81", "JP"),
        ("852", "HK"),
        ("86", "CN"),
        ("886", "TW"),
        ("90", "TR"),
        ("91", "IN"),
        ("966", "SA"),
        ("971", "AE"),
    ];
    let country = COUNTRIES
        .iter()
        .filter(|(prefix, _)| wa_id.starts_with(prefix))
        .max_by_key(|(prefix, _)| prefix.len())
        .map_or("ZZ", |(_, country)| country);
    let hash = wa_id.bytes().fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    format!("{country}.{}", 10_000_000_000_000_000 + hash % 90_000_000_000_000_000)
}

type Delivery = Option<oneshot::Receiver<Outcome>>;

/// Puts a customer's message on its way. The error says what is wrong with the injection.
pub fn inject(world: &World, injection: Injection) -> Result<(String, String, Delivery), String> {
    let mut guard = world.wa();
    let state = &mut *guard;
    let now = world.clock.now();
    let p = number(state, injection.phone_number_id.as_deref())?;
    let key = who(state, &injection)?;
    let mut message = match (injection.message, injection.text) {
        (Some(Value::Object(message)), _) => message,
        (None, Some(text)) => object(json!({"type": "text", "text": {"body": text}})),
        _ => return Err("give `text`, or `message` as an object".into()),
    };
    let kind = message.get("type").and_then(Value::as_str).unwrap_or("text").to_owned();
    if state.numbers[&p].blocked.contains_key(&key) {
        return Err("the business has blocked this customer".into());
    }
    media::attach(world, state, &p, &kind, &mut message, now)?;
    let wamid = injection.wamid.unwrap_or_else(|| state.wamid(&key, true));
    let customer = state.customers.get_mut(&key).ok_or("the customer was forgotten at once: raise Keep::customers")?;
    let opens = !matches!(kind.as_str(), "reaction" | "edit" | "revoke" | "system" | "unsupported");
    if opens {
        customer.windows.insert(p.clone(), now);
    }
    if message.contains_key("referral") {
        customer.entries.insert(p.clone(), (now, None));
    }
    let at = injection.timestamp.unwrap_or(now / 1000);
    message.insert("type".into(), kind.clone().into());
    message.insert("id".into(), wamid.clone().into());
    message.insert("timestamp".into(), at.to_string().into());
    message.insert("from_user_id".into(), customer.user_id.clone().into());
    if let (Some(wa_id), false) = (&customer.wa_id, customer.hide_number) {
        message.insert("from".into(), wa_id.clone().into());
    }
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": Value::Null,
        "messages": [message],
    });
    if kind != "system" {
        value["contacts"] = json!([customer.contact()]);
    }
    let user_id = customer.user_id.clone();
    value["metadata"] = envelope::metadata(state, &p);
    remember(state, &wamid, &p, &key, now);
    let delivery = envelope::send(world, state, &p, &key, "messages", &value, &Options::default());
    let other = twilio::hook::inbound(world, state, &p, &key, &value);
    Ok((wamid, user_id, delivery.or(other)))
}

fn remember(state: &mut State, wamid: &str, p: &str, key: &str, now: i64) {
    state.totals.inbound += 1;
    if let Some(number) = state.numbers.get_mut(p)
        && number.traffic.len() < 10_000
    {
        // Messages in count against the throughput too.
        number.traffic.push_back(now);
    }
    let inbound = Inbound { phone_number_id: p.to_owned(), customer: key.to_owned(), at: now, read: false };
    state.inbound.insert(wamid.to_owned(), inbound);
}

/// The number meant, or the first one.
pub fn number(state: &State, phone_number_id: Option<&str>) -> Result<String, String> {
    match phone_number_id {
        Some(id) if state.numbers.contains_key(id) => Ok(id.to_owned()),
        Some(id) => Err(format!("there is no number {id}: define it first")),
        None => state.numbers.keys().next().cloned().ok_or_else(|| "there is no number: define one first".into()),
    }
}

fn who(state: &mut State, injection: &Injection) -> Result<String, String> {
    let wa_id = match &injection.from {
        Some(from) => Some(content::wa_id(from).ok_or_else(|| format!("`from` is not a phone number: {from}"))?),
        None => None,
    };
    if wa_id.is_none() && injection.user_id.is_none() {
        return Err("give `from` or `user_id`".into());
    }
    let key = customer(state, wa_id.as_deref(), injection.user_id.as_deref());
    if let Some(customer) = state.customers.get_mut(&key) {
        if let Some(name) = &injection.name {
            customer.name.clone_from(name);
        }
        if injection.username.is_some() {
            customer.username.clone_from(&injection.username);
        }
        if let Some(hide) = injection.hide_number {
            customer.hide_number = hide;
        }
    }
    Ok(key)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Waits for the first try's outcome, if asked to.
pub async fn outcome(wamid: String, user_id: String, delivery: Delivery, wait: bool) -> Injected {
    let mut injected = Injected { wamid, delivery: "no_subscriber", status: None, error: None, user_id };
    let Some(delivery) = delivery else {
        return injected;
    };
    if !wait {
        injected.delivery = "queued";
        return injected;
    }
    match delivery.await {
        Ok(outcome) => {
            injected.delivery = if outcome.delivered { "delivered" } else { "failed" };
            injected.status = outcome.status;
            injected.error = outcome.error;
        }
        Err(_) => {
            injected.delivery = "failed";
            injected.error = Some("the webhook was dropped before its first try".into());
        }
    }
    injected
}

/// When a customer's window with a number ends, UTC milliseconds.
pub fn window_until(customer: &Customer, phone_number_id: &str) -> Option<i64> {
    customer.windows.get(phone_number_id).map(|at| at + messages::WINDOW)
}
