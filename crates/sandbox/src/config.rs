//! What can be set when a sandbox starts.

use crate::{Clock, FreshdeskConfig, IntercomConfig, RestConfig, SalesforceConfig, ZohoConfig};
use rand::Rng;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, net::SocketAddr};

/// Everything that can be chosen at start; `Config::default()` is a usable sandbox on a free loopback port.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The sandbox's time.
    pub clock: Clock,
    /// Seed of every id and every random choice: same seed and same calls give the same answers.
    pub seed: u64,
    /// How long a message takes to be sent, delivered and read (sandbox time).
    pub delays: StatusDelays,
    /// How much delays vary, and how long API answers take.
    pub latency: Latency,
    /// How long template review takes, milliseconds of sandbox time.
    pub review_ms: i64,
    /// Numbers that exist at start.
    pub numbers: Vec<NumberConfig>,
    /// WhatsApp's sending limits.
    pub limits: WhatsAppLimits,
    /// The Twilio account that serves the numbers too.
    pub twilio: TwilioConfig,
    /// The CRM stand-in.
    pub hubspot: HubSpotConfig,
    /// The help desk stand-in.
    pub zendesk: ZendeskConfig,
    /// The other help desk's stand-in.
    pub freshdesk: FreshdeskConfig,
    /// Zoho CRM's stand-in.
    pub zoho: ZohoConfig,
    /// Salesforce's stand-in.
    pub salesforce: SalesforceConfig,
    /// Intercom's stand-in.
    pub intercom: IntercomConfig,
    /// Companies' own CRMs.
    pub rest: RestConfig,
    /// How much is remembered.
    pub keep: Keep,
    /// Webhook deliveries under way at once (each customer's stay in order).
    pub delivery_lanes: usize,
    /// Time a webhook receiver has to answer, real milliseconds.
    pub delivery_timeout_ms: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            clock: Clock::default(),
            seed: 42,
            delays: StatusDelays::default(),
            latency: Latency::default(),
            review_ms: 3_000,
            numbers: vec![NumberConfig::default()],
            limits: WhatsAppLimits::default(),
            twilio: TwilioConfig::default(),
            hubspot: HubSpotConfig::default(),
            zendesk: ZendeskConfig::default(),
            freshdesk: FreshdeskConfig::default(),
            zoho: ZohoConfig::default(),
            salesforce: SalesforceConfig::default(),
            intercom: IntercomConfig::default(),
            rest: RestConfig::default(),
            keep: Keep::default(),
            delivery_lanes: 32,
            delivery_timeout_ms: 10_000,
        }
    }
}

/// Delays after acceptance, milliseconds of sandbox time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StatusDelays {
    /// Until `sent` (or `failed`).
    pub sent_ms: i64,
    /// Until `delivered`.
    pub delivered_ms: i64,
    /// Until `read`.
    pub read_ms: i64,
    /// Share of messages that are read at all, 0 to 1.
    pub read_ratio: f64,
}

impl Default for StatusDelays {
    fn default() -> Self {
        Self { sent_ms: 200, delivered_ms: 600, read_ms: 2_000, read_ratio: 1.0 }
    }
}

/// How delays are spread over the messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Always the same.
    #[default]
    Fixed,
    /// Evenly between `1 - spread` and `1 + spread` times the delay.
    Uniform,
    /// The delay is the mean; `spread` is not used.
    Exponential,
    /// The delay is the median; `spread` is the deviation of its logarithm (0.5: most between half and twice).
    Lognormal,
}

/// Variation of delays, and the time API calls take; all in sandbox time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Latency {
    /// Shape of the distribution.
    pub shape: Shape,
    /// Width of the distribution, 0 to 10.
    pub spread: f64,
    /// Time until an API call is answered, milliseconds; spread like all delays.
    pub answer_ms: i64,
}

impl Default for Latency {
    fn default() -> Self {
        Self { shape: Shape::Fixed, spread: 0.5, answer_ms: 0 }
    }
}

impl Latency {
    /// One delay around `usual` (milliseconds).
    pub fn draw(&self, usual: i64, rng: &mut impl Rng) -> i64 {
        let usual = usual.max(0) as f64;
        let spread = self.spread.clamp(0.0, 10.0);
        // Never 0, so that its logarithm exists.
        let mut chance = || 1.0 - rng.random::<f64>();
        let factor = match self.shape {
            Shape::Fixed => 1.0,
            Shape::Uniform => (1.0 + spread * (2.0 * chance() - 1.0)).max(0.0),
            Shape::Exponential => -chance().ln(),
            Shape::Lognormal => {
                let (a, b) = (chance(), chance());
                let normal = (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos();
                (spread * normal).exp()
            }
        };
        (usual * factor) as i64
    }
}

/// The Twilio account behind `/twilio`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TwilioConfig {
    /// `AC` and 32 hexadecimal digits: the user name of calls.
    pub account_sid: String,
    /// The password of calls; signs webhooks.
    pub auth_token: String,
}

impl Default for TwilioConfig {
    fn default() -> Self {
        Self { account_sid: format!("AC{:032}", 1), auth_token: "sandbox-auth-token".into() }
    }
}

/// A business phone number and the Meta app that serves it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NumberConfig {
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// The WhatsApp Business Account it belongs to.
    pub waba_id: String,
    /// The business portfolio (messaging limits are shared within it).
    pub business_id: String,
    /// Digits of the number itself.
    pub display_phone: String,
    /// Verified name shown to customers.
    pub verified_name: String,
    /// App that serves the number; empty = one of its own.
    pub app_id: String,
    /// Signs webhooks.
    pub app_secret: String,
    /// Bearer token that is accepted.
    pub access_token: String,
    /// Where webhooks go; `None` = nowhere.
    pub callback_url: Option<String>,
    /// Told to the callback in the handshake.
    pub verify_token: String,
    /// For test numbers: the only recipients allowed (131030 otherwise).
    pub allowed_recipients: Option<Vec<String>>,
    /// 360dialog's API key of the number; empty = `d360-` and the phone number id.
    pub dialog360_key: String,
    /// Where 360dialog delivers; `None` = nowhere.
    pub dialog360_url: Option<String>,
    /// Headers 360dialog adds to its deliveries.
    pub dialog360_headers: BTreeMap<String, String>,
    /// Where Twilio delivers what customers write; `None` = nowhere.
    pub twilio_url: Option<String>,
    /// Where Twilio tells statuses of messages sent without a callback of their own.
    pub twilio_status_url: Option<String>,
}

impl Default for NumberConfig {
    fn default() -> Self {
        Self {
            phone_number_id: "106540352242922".into(),
            waba_id: "102290129340398".into(),
            business_id: "506914307656634".into(),
            display_phone: "15550783881".into(),
            verified_name: "Sandbox Shop".into(),
            app_id: String::new(),
            app_secret: "sandbox-app-secret".into(),
            access_token: "sandbox-token".into(),
            callback_url: None,
            verify_token: "sandbox-verify".into(),
            allowed_recipients: None,
            dialog360_key: String::new(),
            dialog360_url: None,
            dialog360_headers: BTreeMap::new(),
            twilio_url: None,
            twilio_status_url: None,
        }
    }
}

impl NumberConfig {
    /// The key 360dialog's clients send.
    pub fn d360_key(&self) -> String {
        if self.dialog360_key.is_empty() {
            format!("d360-{}", self.phone_number_id)
        } else {
            self.dialog360_key.clone()
        }
    }
}

/// WhatsApp's limits (whatsapp-cloud-api.md §9), in sandbox time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WhatsAppLimits {
    /// Messages per second and number, in and out together; beyond it 130429.
    pub throughput_per_second: u32,
    /// Messages to one user that may be sent at once; beyond it 131056.
    pub pair_burst: u32,
    /// Time after which one more message to the same user is allowed.
    pub pair_refill_ms: i64,
    /// Distinct users a portfolio may write to first within 24 h; `None` = unlimited; beyond it 131048.
    pub tier: Option<u32>,
    /// Marketing templates one user gets from one portfolio within 24 h; `None` = unlimited; beyond it failed 131049.
    pub marketing_per_user: Option<u32>,
    /// No marketing templates to +1 numbers (failed 131049), as since April 2025.
    pub block_us_marketing: bool,
    /// Put `contacts[]` into `failed` statuses too. Meta's pages leave it out there, some clients (pywa 4.5) need it.
    pub contacts_on_failed: bool,
    /// Numbers that begin with 971500 and end in an error code fail with it (docs/sandbox.md).
    pub magic_numbers: bool,
}

impl Default for WhatsAppLimits {
    fn default() -> Self {
        Self {
            throughput_per_second: 80,
            pair_burst: 45,
            pair_refill_ms: 6_000,
            tier: Some(100_000),
            marketing_per_user: None,
            block_us_marketing: true,
            contacts_on_failed: true,
            magic_numbers: true,
        }
    }
}

/// The CRM stand-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HubSpotConfig {
    /// The account's id.
    pub portal_id: u64,
    /// The app whose token calls are made with (webhooks: `appId`, `sourceId`).
    pub app_id: u64,
    /// Requests per 10 seconds; beyond it 429.
    pub burst_per_10s: u32,
    /// Requests per day; beyond it 429.
    pub daily: u32,
    /// Searches per second; beyond it 429.
    pub search_per_second: u32,
    /// Time until a change is visible to search.
    pub index_lag_ms: i64,
    /// Tokens that are refused although they begin with `pat-`.
    pub invalid_tokens: Vec<String>,
    /// Where webhooks go.
    pub webhook_url: Option<String>,
    /// Signs webhooks.
    pub client_secret: String,
}

impl Default for HubSpotConfig {
    fn default() -> Self {
        Self {
            portal_id: 62_515_701,
            app_id: 1_160_452,
            burst_per_10s: 190,
            daily: 650_000,
            search_per_second: 5,
            index_lag_ms: 0,
            invalid_tokens: Vec::new(),
            webhook_url: None,
            client_secret: "sandbox-client-secret".into(),
        }
    }
}

/// The help desk stand-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ZendeskConfig {
    /// Requests per minute; beyond it 429.
    pub calls_per_minute: u32,
    /// Requests for exports per minute (the real one: 10); beyond it 429.
    pub exports_per_minute: u32,
    /// Time until a change is visible to search.
    pub index_lag_ms: i64,
    /// Time until a change is visible to the export (the real one: a minute).
    pub export_lag_ms: i64,
    /// Time a job takes.
    pub job_ms: i64,
    /// Tokens that are refused although they begin with `zd-`.
    pub invalid_tokens: Vec<String>,
    /// Where webhooks go.
    pub webhook_url: Option<String>,
    /// Signs webhooks.
    pub signing_secret: String,
}

impl Default for ZendeskConfig {
    fn default() -> Self {
        Self {
            calls_per_minute: 700,
            exports_per_minute: 300,
            index_lag_ms: 0,
            export_lag_ms: 0,
            job_ms: 200,
            invalid_tokens: Vec::new(),
            webhook_url: None,
            signing_secret: "sandbox-signing-secret".into(),
        }
    }
}

/// Bounds of what is remembered; the oldest entries go first.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// Messages we were asked to send, and ids of messages customers sent.
    pub messages: usize,
    /// Customers (with their windows).
    pub customers: usize,
    /// Bytes of uploaded media.
    pub media_bytes: usize,
    /// Webhook deliveries in the log, and waiting for another try.
    pub deliveries: usize,
    /// CRM requests in the log.
    pub requests: usize,
    /// CRM records per object type; beyond it creation is refused.
    pub records: usize,
}

impl Default for Keep {
    fn default() -> Self {
        Self {
            messages: 200_000,
            customers: 200_000,
            media_bytes: 512 << 20,
            deliveries: 50_000,
            requests: 10_000,
            records: 500_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::StdRng};

    #[test]
    fn delays_follow_their_shape() {
        let mut rng = StdRng::seed_from_u64(7);
        let mut drawn = |shape: Shape, spread: f64| {
            let latency = Latency { shape, spread, answer_ms: 0 };
            let mut all: Vec<i64> = (0..4_000).map(|_| latency.draw(1_000, &mut rng)).collect();
            all.sort_unstable();
            (all[0], all[2_000], all[3_999], all.iter().sum::<i64>() / 4_000)
        };
        assert_eq!(drawn(Shape::Fixed, 0.9), (1_000, 1_000, 1_000, 1_000));
        let (low, median, high, _) = drawn(Shape::Uniform, 0.5);
        assert!(low >= 500 && high <= 1_500 && (950..1_050).contains(&median), "{low} {median} {high}");
        let (_, median, high, mean) = drawn(Shape::Exponential, 0.0);
        assert!((650..740).contains(&median) && (930..1_070).contains(&mean) && high > 5_000);
        let (low, median, high, _) = drawn(Shape::Lognormal, 0.5);
        assert!(low < 400 && (950..1_060).contains(&median) && high > 3_000, "{low} {median} {high}");
    }
}
