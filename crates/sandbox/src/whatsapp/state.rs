//! What the Graph API stand-in knows (whatsapp-cloud-api.md §6-§9, §12).

use super::{crowd::Crowd, inbound::Customer, quality::Review, template::Template};
use crate::{
    Config, Latency, NumberConfig, StatusDelays, WhatsAppLimits,
    bounded::{Bounded, Ring},
    twilio::state::Twilio,
};
use bytes::Bytes;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// A Meta app: signs webhooks and owns the least specific callback.
#[derive(Clone, Debug)]
pub struct App {
    /// Signing key.
    pub secret: String,
    /// App-level callback.
    pub callback_url: Option<String>,
    /// Its verify token.
    pub verify_token: String,
}

/// A WhatsApp Business Account.
#[derive(Clone, Debug)]
pub struct Waba {
    /// Its name.
    pub name: String,
    /// Portfolio it belongs to.
    pub business_id: String,
    /// The subscribed app, if any: without it no webhooks.
    pub subscribed: bool,
    /// WABA-level callback.
    pub override_url: Option<String>,
    /// What Meta took away.
    pub restriction: Option<Restriction>,
}

/// A business phone number.
#[derive(Clone, Debug)]
pub struct Number {
    /// As defined.
    pub config: NumberConfig,
    /// The app that serves it.
    pub app_id: String,
    /// Number-level callback.
    pub override_url: Option<String>,
    /// Registered with the Cloud API.
    pub registered: bool,
    /// Ownership verified by code.
    pub verified: bool,
    /// GREEN, YELLOW, RED.
    pub quality: String,
    /// CONNECTED, BANNED, ...
    pub status: String,
    /// Profile fields.
    pub profile: BTreeMap<String, Value>,
    /// Other settings, as posted.
    pub settings: Value,
    /// Two-step PIN.
    pub pin: Option<String>,
    /// Users the business blocked.
    pub blocked: BTreeMap<String, ()>,
    /// Short links by code.
    pub links: BTreeMap<String, Value>,
    /// Business username.
    pub username: Option<String>,
    /// Moments of the last second's messages.
    pub traffic: VecDeque<i64>,
    /// Free-form messages of the running month: (year * 12 + month, count).
    pub service: (i64, u64),
    /// Since when the number has the high throughput (1,000 a second).
    pub high_since: Option<i64>,
}

/// Whose client made a call, and whose webhooks tell of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// The Graph API itself.
    #[default]
    Meta,
    /// 360dialog.
    Dialog360,
    /// Twilio.
    Twilio,
}

/// What Meta took away from an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restriction {
    /// Nothing can be sent (131031).
    Locked,
    /// Nobody can be written to first until then, UTC milliseconds (368).
    NoInitiation(i64),
}

/// One request to send, accepted or not.
#[derive(Clone, Debug, Serialize)]
pub struct Received {
    /// Running number.
    pub n: u64,
    /// When, UTC milliseconds of sandbox time.
    pub at: i64,
    /// The sending number.
    pub phone_number_id: String,
    /// Recipient: wa_id, or user id when addressed by that.
    pub to: String,
    /// Message type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id we gave; `None` = refused.
    pub wamid: Option<String>,
    /// Echoed in statuses.
    pub biz_opaque_callback_data: Option<String>,
    /// `accepted`, then the last status; `rejected` when refused.
    pub status: String,
    /// Error code and details of a refusal or failure.
    pub error: Option<Value>,
    /// Whether the customer service window was open.
    pub window_open: bool,
    /// Status webhooks so far.
    pub statuses: Vec<Value>,
    /// The request as it came; of Twilio's, what it means in Meta's words.
    pub body: Value,
    /// Whose client sent it.
    pub via: Via,
    /// Template category, or `service`.
    #[serde(skip)]
    pub category: String,
    /// Key of the customer.
    #[serde(skip)]
    pub customer: String,
    /// How it is billed.
    #[serde(skip)]
    pub pricing_type: &'static str,
    /// The code it will fail with.
    #[serde(skip)]
    pub will_fail: Option<i64>,
}

/// A message some customer sent us.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// The number written to.
    pub phone_number_id: String,
    /// Key of the customer.
    pub customer: String,
    /// When.
    pub at: i64,
    /// Marked as read by the business.
    pub read: bool,
}

/// A media file.
#[derive(Clone, Debug)]
pub struct Media {
    /// The number it was uploaded to or sent to.
    pub phone_number_id: String,
    /// Media type.
    pub mime: String,
    /// Bytes.
    pub data: Bytes,
    /// SHA-256.
    pub sha: [u8; 32],
    /// When the id ends.
    pub expires_at: i64,
    /// Tokens of handed-out addresses and when each ends.
    pub urls: Vec<(String, i64)>,
}

/// Totals since start or reset.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Totals {
    /// Messages accepted.
    pub accepted: u64,
    /// Requests refused.
    pub rejected: u64,
    /// Of the accepted: templates.
    pub templates: u64,
    /// Failed afterwards, by code.
    pub failed: BTreeMap<i64, u64>,
    /// Refused, by code.
    pub refused: BTreeMap<i64, u64>,
    /// Status webhooks by value.
    pub statuses: BTreeMap<String, u64>,
    /// Messages customers sent.
    pub inbound: u64,
    /// Read marks received.
    pub read_marks: u64,
    /// Typing indicators received.
    pub typing: u64,
    /// Free-form messages handed to us although the window was closed.
    pub outside_window: u64,
}

/// All of it.
pub struct State {
    /// By app id.
    pub apps: HashMap<String, App>,
    /// By WABA id.
    pub wabas: HashMap<String, Waba>,
    /// By phone number id.
    pub numbers: BTreeMap<String, Number>,
    /// By wa_id, or by user id when the number is unknown.
    pub customers: Bounded<String, Customer>,
    /// User id or wa_id to customer key.
    pub users: HashMap<String, String>,
    /// By template id.
    pub templates: BTreeMap<String, Template>,
    /// By media id.
    pub media: Bounded<String, Media>,
    /// Bytes in `media`.
    pub media_bytes: usize,
    /// Resumable uploads under way: media type and bytes so far.
    pub uploads: Bounded<String, (String, Vec<u8>)>,
    /// What we were asked to send.
    pub received: Ring<Received>,
    /// wamid to running number in `received`.
    pub sent: HashMap<String, u64>,
    /// Messages from customers by wamid.
    pub inbound: Bounded<String, Inbound>,
    /// Users written to first, per portfolio, with the last moment.
    pub reached: HashMap<String, HashMap<String, i64>>,
    /// Pair budget: (number, customer) to (moment, tokens).
    pub pairs: Bounded<(String, String), (i64, f64)>,
    /// Totals.
    pub totals: Totals,
    /// Limits in force.
    pub limits: WhatsAppLimits,
    /// Delays in force.
    pub delays: StatusDelays,
    /// Review time in force.
    pub review_ms: i64,
    /// Bound of `media_bytes`.
    pub media_cap: usize,
    /// How much delays vary.
    pub latency: Latency,
    /// Limits of portfolios that have one of their own.
    pub tiers: HashMap<String, Option<u32>>,
    /// How coming template reviews end.
    pub reviews: Vec<Review>,
    /// Crowds of customers that write by themselves.
    pub crowds: BTreeMap<u64, Crowd>,
    /// What only Twilio has.
    pub twilio: Twilio,
    /// Source of ids and chances.
    pub rng: StdRng,
}

impl State {
    /// The state at start.
    pub fn new(config: &Config) -> Self {
        let keep = config.keep;
        let mut state = Self {
            apps: HashMap::new(),
            wabas: HashMap::new(),
            numbers: BTreeMap::new(),
            customers: Bounded::new(keep.customers),
            users: HashMap::new(),
            templates: BTreeMap::new(),
            media: Bounded::new(100_000),
            media_bytes: 0,
            uploads: Bounded::new(100),
            received: Ring::new(keep.messages),
            sent: HashMap::new(),
            inbound: Bounded::new(keep.messages),
            reached: HashMap::new(),
            pairs: Bounded::new(keep.customers),
            totals: Totals::default(),
            limits: config.limits,
            delays: config.delays,
            review_ms: config.review_ms,
            latency: config.latency,
            tiers: HashMap::new(),
            reviews: Vec::new(),
            crowds: BTreeMap::new(),
            twilio: Twilio::new(config.twilio.clone(), keep.messages),
            media_cap: keep.media_bytes,
            rng: StdRng::seed_from_u64(config.seed),
        };
        for number in &config.numbers {
            state.define(number.clone(), config.clock.now());
        }
        state
    }

    /// Adds a number, or changes how a known one is defined, with its app and account; a new account gets the starter
    /// templates.
    pub fn define(&mut self, config: NumberConfig, now: i64) {
        let known = self.numbers.get(&config.phone_number_id);
        let app_id = match (&config.app_id, known) {
            (id, _) if !id.is_empty() => id.clone(),
            (_, Some(number)) => number.app_id.clone(),
            // One app per number unless told otherwise: each has its own secret and callback.
            _ => format!("67{}", config.phone_number_id),
        };
        self.apps.insert(
            app_id.clone(),
            App {
                secret: config.app_secret.clone(),
                callback_url: config.callback_url.clone(),
                verify_token: config.verify_token.clone(),
            },
        );
        if !self.wabas.contains_key(&config.waba_id) {
            super::template_seed::plant(self, &config.waba_id, now);
            crate::twilio::content::adopt(self, &config.waba_id, now);
        }
        self.wabas.entry(config.waba_id.clone()).or_insert_with(|| Waba {
            name: config.verified_name.clone(),
            business_id: config.business_id.clone(),
            subscribed: true,
            override_url: None,
            restriction: None,
        });
        match self.numbers.get_mut(&config.phone_number_id) {
            // It stays what it has become: its callback, quality, profile, links and the rest.
            Some(number) => (number.config, number.app_id) = (config, app_id),
            None => {
                let id = config.phone_number_id.clone();
                self.numbers.insert(id, Number::new(config, app_id));
            }
        }
    }

    /// Takes the callbacks of the number and its account away, so that the app's counts.
    pub fn point_by_app(&mut self, phone_number_id: &str) {
        let Some(number) = self.numbers.get_mut(phone_number_id) else { return };
        number.override_url = None;
        if let Some(waba) = self.wabas.get_mut(&number.config.waba_id) {
            waba.override_url = None;
        }
    }

    /// A decimal id of `digits` digits, as Meta's objects have.
    pub fn id(&mut self, digits: u32) -> String {
        let low = 10u64.pow(digits - 1);
        self.rng.random_range(low..low * 10).to_string()
    }

    /// A token of letters and digits.
    pub fn token(&mut self, length: usize) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..length).map(|_| ALPHABET[self.rng.random_range(0..ALPHABET.len())] as char).collect()
    }

    /// A message id: `wamid.` and base64 of bytes around the user's number and a random id.
    pub fn wamid(&mut self, user: &str, inbound: bool) -> String {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let mut bytes = vec![0x1d, 0x19, user.len().min(24) as u8];
        bytes.extend(user.bytes().take(24));
        bytes.extend([0x15, 0x02, 0x00, if inbound { 0x12 } else { 0x11 }, 0x18, 0x12]);
        let random: [u8; 9] = self.rng.random();
        bytes.extend(hex::encode_upper(random).bytes());
        bytes.push(0);
        format!("wamid.{}", STANDARD.encode(bytes))
    }

    /// Stores a file and returns its id; old files go when the bound is reached.
    pub fn store_media(&mut self, phone_number_id: &str, mime: &str, data: Bytes, expires_at: i64) -> String {
        use sha2::{Digest, Sha256};
        let id = self.id(16);
        let sha = Sha256::digest(&data).into();
        self.media_bytes += data.len();
        let media = Media {
            phone_number_id: phone_number_id.to_owned(),
            mime: mime.to_owned(),
            data,
            sha,
            expires_at,
            urls: Vec::new(),
        };
        let mut evicted = self.media.insert(id.clone(), media);
        while evicted.is_some() || self.media_bytes > self.media_cap {
            let Some((_, media)) = evicted.take().or_else(|| self.media.pop_oldest()) else {
                break;
            };
            self.media_bytes -= media.data.len();
        }
        id
    }

    /// Logs a request to send.
    pub fn record(&mut self, mut received: Received) {
        received.n = self.received.total();
        let wamid = received.wamid.clone();
        let (n, evicted) = self.received.push(received);
        if let Some(wamid) = wamid {
            self.sent.insert(wamid, n);
        }
        if let Some(wamid) = evicted.and_then(|old| old.wamid) {
            self.sent.remove(&wamid);
        }
    }

    /// The template of that name and language in an account.
    pub fn template(&self, waba: &str, name: &str, language: &str) -> Option<&Template> {
        self.templates.values().find(|t| t.waba == waba && t.name == name && t.language == language)
    }

    /// Where a number's webhooks go and what signs them; `None` when nobody subscribed.
    pub fn callback(&self, phone_number_id: &str) -> Option<(String, String)> {
        let number = self.numbers.get(phone_number_id)?;
        let app = self.apps.get(&number.app_id)?;
        let waba = self.wabas.get(&number.config.waba_id)?;
        if !waba.subscribed {
            return None;
        }
        let url =
            number.override_url.clone().or_else(|| waba.override_url.clone()).or_else(|| app.callback_url.clone())?;
        Some((url, app.secret.clone()))
    }

    /// Where an account's own webhooks (templates, account) go: the callbacks of all its apps.
    pub fn account_callbacks(&self, waba: &str) -> Vec<(String, String)> {
        let mut callbacks: Vec<(String, String)> = self
            .numbers
            .values()
            .filter(|number| number.config.waba_id == waba)
            .filter_map(|number| self.apps.get(&number.app_id))
            .filter_map(|app| Some((app.callback_url.clone()?, app.secret.clone())))
            .collect();
        callbacks.sort();
        callbacks.dedup();
        callbacks
    }
}

impl Number {
    fn new(config: NumberConfig, app_id: String) -> Self {
        Self {
            app_id,
            override_url: None,
            registered: true,
            verified: true,
            quality: "GREEN".into(),
            status: "CONNECTED".into(),
            profile: BTreeMap::from([
                ("about".into(), json!("A shop that exists only here.")),
                ("vertical".into(), json!("RETAIL")),
            ]),
            settings: json!({}),
            pin: None,
            blocked: BTreeMap::new(),
            links: BTreeMap::new(),
            username: None,
            traffic: VecDeque::new(),
            service: (0, 0),
            high_since: None,
            config,
        }
    }
}
