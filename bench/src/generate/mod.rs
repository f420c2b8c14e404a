//! Signed webhook deliveries from a seed: what they say, who they are from, and which events they carry.

pub mod body;
pub mod texts;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::VecDeque;
use std::ops::Range;

/// What an event is, as far as the checks care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A customer's message: becomes one line.
    Inbound,
    /// The owner wrote in the phone app: becomes one line that statuses can follow.
    Echo,
    /// A status of an echo.
    Status(Step),
    /// A reaction to an earlier message: changes a line.
    Reaction,
    /// An account notice: no line.
    Notice,
}

/// Steps of a message that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Left the provider.
    Sent,
    /// Arrived.
    Delivered,
    /// Was read.
    Read,
    /// Failed.
    Failed,
}

impl Step {
    /// The provider's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }
}

/// One event of a corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What it is.
    pub kind: Kind,
    /// Number of the message it is or is about; [`wamid`] makes the provider's id of it.
    pub message: u64,
    /// Number of the message a reaction is about; 0 otherwise.
    pub target: u64,
    /// Who it is from or to.
    pub customer: u32,
    /// The provider's time, UTC seconds.
    pub at: i64,
}

/// What to generate.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Same seed, same corpus (times apart).
    pub seed: u64,
    /// How many deliveries.
    pub deliveries: usize,
    /// How many different customers; four of five events are about a fifth of them.
    pub customers: u32,
    /// Number of the first customer, to keep corpora apart.
    pub first_customer: u32,
    /// Share of messages without user ids, as before 2026.
    pub old_form: f64,
    /// Only customers' messages: no statuses, echoes, reactions or notices.
    pub only_inbound: bool,
    /// When the last event happened, UTC seconds.
    pub until: i64,
    /// The events happened over so many seconds up to then.
    pub span: i64,
    /// The channel that receives them.
    pub channel: Channel,
}

/// Where deliveries go and what signs them.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Path of the webhook.
    pub path: String,
    /// Signs.
    pub secret: String,
    /// The number.
    pub phone_number_id: String,
    /// The account.
    pub waba_id: String,
    /// The number as digits.
    pub display: String,
}

impl Default for Channel {
    fn default() -> Self {
        Self {
            path: "/webhook".into(),
            secret: "bench-app-secret".into(),
            phone_number_id: "106540352242922".into(),
            waba_id: "102290129340398".into(),
            display: "15550783881".into(),
        }
    }
}

impl Plan {
    /// The usual mix.
    pub fn new(seed: u64, deliveries: usize, channel: Channel) -> Self {
        // A little in the past, so that no status lies in the future.
        let until = crate::clock::unix_seconds() - 5;
        Self {
            until,
            seed,
            deliveries,
            customers: 20_000,
            first_customer: 0,
            old_form: 0.0,
            only_inbound: false,
            span: 0,
            channel,
        }
    }
}

/// Ready-made HTTP requests and the events they carry.
pub struct Corpus {
    seed: u64,
    bytes: Vec<u8>,
    requests: Vec<Request>,
    /// All events in order of delivery.
    pub events: Vec<Event>,
    /// Where they go.
    pub channel: Channel,
}

struct Request {
    whole: Range<usize>,
    body: usize,
    events: Range<usize>,
}

impl Corpus {
    /// Generates.
    pub fn new(plan: &Plan) -> Self {
        let mut corpus = Self {
            seed: plan.seed,
            bytes: Vec::with_capacity(plan.deliveries * 1_200),
            requests: Vec::with_capacity(plan.deliveries),
            events: Vec::with_capacity(plan.deliveries),
            channel: plan.channel.clone(),
        };
        let mut source = Source::new(plan);
        let mut body = String::with_capacity(4_096);
        for _ in 0..plan.deliveries {
            let first = corpus.events.len();
            body.clear();
            source.next(&mut body, &mut corpus.events);
            corpus.push(body.as_bytes(), first);
        }
        corpus
    }

    /// Puts deliveries together whose bodies were made by hand.
    pub fn of(channel: Channel, seed: u64, deliveries: Vec<(Vec<u8>, Vec<Event>)>) -> Self {
        let mut corpus = Self { seed, bytes: Vec::new(), requests: Vec::new(), events: Vec::new(), channel };
        for (body, events) in deliveries {
            let first = corpus.events.len();
            corpus.events.extend(events);
            corpus.push(&body, first);
        }
        corpus
    }

    fn push(&mut self, body: &[u8], first_event: usize) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&head(&self.channel, body, &crate::sign::header(&self.channel.secret, body)));
        let at = self.bytes.len();
        self.bytes.extend_from_slice(body);
        let whole = start..self.bytes.len();
        self.requests.push(Request { whole, body: at, events: first_event..self.events.len() });
    }

    /// What it was made from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many deliveries.
    pub fn len(&self) -> usize {
        self.requests.len()
    }

    /// The whole HTTP request.
    pub fn request(&self, delivery: usize) -> &[u8] {
        &self.bytes[self.requests[delivery].whole.clone()]
    }

    /// Only its body.
    pub fn body(&self, delivery: usize) -> &[u8] {
        let request = &self.requests[delivery];
        &self.bytes[request.body..request.whole.end]
    }

    /// The events it carries.
    pub fn events_of(&self, delivery: usize) -> &[Event] {
        &self.events[self.requests[delivery].events.clone()]
    }

    /// The provider's id of an event's message.
    pub fn wamid(&self, event: &Event) -> String {
        wamid(self.seed, event.message)
    }
}

/// Head of a signed delivery.
pub fn head(channel: &Channel, body: &[u8], signature: &str) -> Vec<u8> {
    format!(
        "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: facebookexternalua\r\nContent-Type: application/json\r\n\
         X-Hub-Signature-256: {signature}\r\nContent-Length: {}\r\n\r\n",
        channel.path,
        body.len()
    )
    .into_bytes()
}

/// An id like the provider's, unique for each seed and number.
pub fn wamid(seed: u64, number: u64) -> String {
    use base64::Engine;
    let mut raw = [0_u8; 36];
    raw[..5].copy_from_slice(&[0x1c, 0x18, 0x0b, 0x15, 0x02]);
    raw[5..13].copy_from_slice(&seed.to_be_bytes());
    raw[13..21].copy_from_slice(&number.to_be_bytes());
    raw[21..29].copy_from_slice(&mix(seed ^ mix(number)).to_be_bytes());
    raw[29..36].copy_from_slice(&mix(number ^ seed.rotate_left(17)).to_be_bytes()[1..]);
    format!("wamid.{}", base64::engine::general_purpose::STANDARD.encode(raw))
}

/// splitmix64's finaliser.
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// WhatsApp id and user id of a customer: numbers that exist in their countries' plans.
pub fn customer_ids(customer: u32) -> (String, String) {
    let (prefix, country) =
        [("49151", "DE"), ("336", "FR"), ("346", "ES"), ("86138", "CN"), ("9665", "SA")][(customer % 5) as usize];
    (
        format!("{prefix}{:08}", 10_000_000 + customer),
        format!("{country}.{:017}", 13_000_000_000_000_000 + u64::from(customer)),
    )
}

struct Source<'a> {
    plan: &'a Plan,
    rng: StdRng,
    now: i64,
    next_message: u64,
    /// Statuses that will be told: (not before this delivery, event).
    due: VecDeque<(usize, Event)>,
    /// Lines that reactions can be about.
    recent: VecDeque<Event>,
    delivery: usize,
}

impl<'a> Source<'a> {
    fn new(plan: &'a Plan) -> Self {
        let rng = StdRng::seed_from_u64(plan.seed);
        let now = plan.until - plan.span;
        Self { plan, rng, now, next_message: 1, due: VecDeque::new(), recent: VecDeque::new(), delivery: 0 }
    }

    fn customer(&mut self) -> u32 {
        let all = self.plan.customers.max(1);
        let few = (all / 5).max(1);
        let span = if self.rng.random_bool(0.8) { few } else { all };
        self.plan.first_customer + self.rng.random_range(0..span)
    }

    fn message(&mut self, kind: Kind) -> Event {
        let passed = self.plan.span * i64::try_from(self.delivery).unwrap_or(0);
        let at = self.now + passed / i64::try_from(self.plan.deliveries.max(1)).unwrap_or(1);
        let event = Event { kind, message: self.next_message, target: 0, customer: self.customer(), at };
        self.next_message += 1;
        if matches!(kind, Kind::Inbound | Kind::Echo) {
            self.recent.push_back(event);
            if self.recent.len() > 200 {
                self.recent.pop_front();
            }
        }
        event
    }

    /// The customer of an earlier line puts an emoji on it.
    fn reaction(&mut self) -> Event {
        let place = self.rng.random_range(0..self.recent.len());
        let about = self.recent[place];
        let event = self.message(Kind::Reaction);
        Event { target: about.message, customer: about.customer, ..event }
    }

    /// Writes the next delivery and notes its events.
    fn next(&mut self, into: &mut String, events: &mut Vec<Event>) {
        self.delivery += 1;
        let first = events.len();
        let late = self.due.front().is_some_and(|(from, _)| *from <= self.delivery);
        if self.plan.only_inbound {
            events.push(self.message(Kind::Inbound));
        } else if self.rng.random_bool(0.003) {
            events.push(self.message(Kind::Notice));
        } else if self.rng.random_bool(0.6) && late {
            events.extend(self.due.pop_front().map(|(_, event)| event));
        } else if self.rng.random_bool(0.5) {
            let echo = self.message(Kind::Echo);
            self.plan_statuses(echo);
            events.push(echo);
        } else {
            let reaction = !self.recent.is_empty() && self.rng.random_bool(0.01);
            events.push(if reaction { self.reaction() } else { self.message(Kind::Inbound) });
        }
        for event in &events[first..] {
            body::write(into, self.plan, event, &mut self.rng);
        }
    }

    /// Mostly sent, delivered, read; some fail; one in twenty comes in the wrong order.
    fn plan_statuses(&mut self, echo: Event) {
        let steps: &[Step] = match self.rng.random_range(0..100) {
            0..3 => &[Step::Sent, Step::Failed],
            3..8 => &[Step::Read, Step::Sent, Step::Delivered],
            _ => &[Step::Sent, Step::Delivered, Step::Read],
        };
        for (place, step) in steps.iter().enumerate() {
            let seconds = match step {
                Step::Sent => 0,
                Step::Delivered => 1,
                Step::Read | Step::Failed => 2,
            };
            let event = Event { kind: Kind::Status(*step), at: echo.at + seconds, ..echo };
            self.due.push_back((self.delivery + 40 + place * 20, event));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn corpus(deliveries: usize) -> Corpus {
        Corpus::new(&Plan { old_form: 0.1, ..Plan::new(7, deliveries, Channel::default()) })
    }

    #[test]
    fn signatures_verify_and_lengths_are_right() {
        let corpus = corpus(500);
        for delivery in 0..corpus.len() {
            let text = String::from_utf8(corpus.request(delivery).to_vec()).expect("plain text");
            let (head, body) = text.split_once("\r\n\r\n").expect("a head");
            let value = |name: &str| {
                let line = head.lines().find(|line| line.starts_with(name)).expect("the header");
                line.split_once(": ").expect("a value").1.to_owned()
            };
            assert_eq!(value("X-Hub-Signature-256"), crate::sign::header("bench-app-secret", body.as_bytes()));
            assert_eq!(value("Content-Length"), body.len().to_string());
            assert_eq!(body.as_bytes(), corpus.body(delivery));
        }
    }

    #[test]
    fn bodies_are_json_of_the_provider() {
        let corpus = corpus(2_000);
        for delivery in 0..corpus.len() {
            let json: serde_json::Value = serde_json::from_slice(corpus.body(delivery)).expect("JSON");
            assert_eq!(json["object"], "whatsapp_business_account");
            let value = &json["entry"][0]["changes"][0]["value"];
            let event = corpus.events_of(delivery)[0];
            let list = match event.kind {
                Kind::Inbound | Kind::Reaction => "messages",
                Kind::Echo => "message_echoes",
                Kind::Status(_) => "statuses",
                Kind::Notice => continue,
            };
            assert_eq!(value[list][0]["id"], corpus.wamid(&event));
        }
    }

    #[test]
    fn no_event_is_told_twice() {
        let corpus = corpus(20_000);
        let different: HashSet<(Kind, u64)> = corpus.events.iter().map(|event| (event.kind, event.message)).collect();
        assert_eq!(different.len(), corpus.events.len());
        let ids: HashSet<String> = (0..20_000).map(|number| wamid(7, number)).collect();
        assert_eq!(ids.len(), 20_000);
        assert!(!ids.contains(&wamid(8, 1)));
    }

    #[test]
    fn the_mix_is_as_promised() {
        let corpus = corpus(20_000);
        let share = |test: fn(Kind) -> bool| {
            corpus.events.iter().filter(|event| test(event.kind)).count() as f64 / corpus.events.len() as f64
        };
        assert!((share(|kind| matches!(kind, Kind::Status(_))) - 0.6).abs() < 0.03);
        assert!((share(|kind| matches!(kind, Kind::Inbound)) - 0.2).abs() < 0.03);
        let busy = corpus.events.iter().filter(|event| event.customer < 4_000).count() as f64;
        assert!(busy / corpus.events.len() as f64 > 0.75, "80/20");
    }

    #[test]
    fn the_same_seed_gives_the_same_corpus() {
        let (one, other) = (corpus(300), corpus(300));
        let plain = |corpus: &Corpus| {
            corpus.events.iter().map(|event| (event.kind, event.message, event.customer)).collect::<Vec<_>>()
        };
        assert_eq!(plain(&one), plain(&other));
    }
}
