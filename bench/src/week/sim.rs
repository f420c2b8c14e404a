//! The sender, event by event: what is due is judged by the real guard, handed to the stand-in, and its answer noted.
//! Nodes come and go, the provider has storms, clocks are apart.

use super::limits::{Limits, Waiting};
use super::people::{Ask, MONDAY, TEXTS, Week, What};
use super::records::{Record, Records};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rapport_core::Ms;
use rapport_core::contact::Window;
use rapport_core::guard::{
    self, Author, CustomerFacts, History, Policy, PortfolioFacts, Purpose, Request, Rule, Snapshot, TemplateFacts,
    Tier, Verdict,
};
use rapport_core::message::Content;
use rapport_core::template::{self, Category};
use rapport_core::time::{DAY, HOUR, MINUTE, SECOND};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// Messages a second of the business's three numbers; the last one is shared with the phone app.
pub const RATES: &[u32] = &[80, 80, 20];
/// The end of the week.
pub const END: Ms = Ms(MONDAY.0 + 7 * DAY);

/// As in the product: messages judged at once, requests in flight, and of them promotion.
const BATCH: usize = 100;
const IN_FLIGHT: usize = 128;
const PROMOTION_IN_FLIGHT: usize = 96;
/// Refusals in ten minutes of storm: when (ms after Monday), with which code.
const STORMS: [(i64, i64); 6] = [
    (DAY + 11 * HOUR, 130_429),
    (2 * DAY + 10 * HOUR + 5 * MINUTE, 131_056),
    (2 * DAY + 13 * HOUR + 2 * MINUTE, 130_429),
    (2 * DAY + 19 * HOUR, 131_057),
    (3 * DAY + 8 * HOUR, 4),
    (5 * DAY + 15 * HOUR, 131_056),
];
const STORM: i64 = 10 * MINUTE;

/// What the stand-in took.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// When it arrived.
    pub at: Ms,
    /// On which number.
    pub number: u8,
    /// Which message.
    pub message: u32,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It waits, for the reason that the guard gives at the end of the week; none: it may go, and nobody sent it.
    Held(Option<Rule>),
    /// It waits for its answer.
    InFlight,
    /// Its answer was lost and no status told of it: a person decides.
    Unknown,
    /// It went out.
    Sent,
    /// The guard refused it.
    Refused(Rule, Ms),
    /// The provider refused it too often.
    Failed,
}

struct Message {
    ask: Ask,
    fate: Fate,
    tries: u32,
}

enum Event {
    Answer { message: u32, epoch: u32, sent: Ms, code: Option<i64> },
    Status { message: u32 },
    Fault(u8),
    TakeOver,
}

/// What ran, and what came out.
pub struct Outcome {
    /// Everything the stand-in took, in the order of arrival.
    pub log: Vec<Arrival>,
    /// By message, in the order of [`Week::asks`].
    pub fates: Vec<Fate>,
    /// Judgements made.
    pub judged: u64,
    /// Refusals of the stand-in.
    pub refused: u64,
    /// Times the send lane passed on.
    pub passed_on: u32,
}

/// The portfolio while the week runs.
pub struct Sim<'w> {
    week: &'w Week,
    policy: Policy,
    tier: u32,
    careless: bool,
    random: StdRng,
    now: Ms,
    messages: Vec<Message>,
    queues: [BTreeSet<(Ms, u32)>; 3],
    events: BTreeMap<(Ms, u64), Event>,
    count: u64,
    records: Records,
    contents: Vec<Content>,
    templates: [Arc<TemplateFacts>; 2],
    /// The lane: who has it, and whether it still sends.
    epoch: u32,
    owned: bool,
    limits: Limits,
    flying: HashSet<u32>,
    promotion: usize,
    ready_at: Ms,
    stuck: bool,
    out: Outcome,
}

fn facts(category: &str) -> crate::Result<Arc<TemplateFacts>> {
    let components = json!([{ "type": "BODY", "text": "Hi {{1}}, look!" }]);
    Ok(Arc::new(TemplateFacts {
        name: category.to_owned(),
        language: "en".to_owned(),
        languages: vec!["en".to_owned()],
        status: "APPROVED".to_owned(),
        paused_until: None,
        definition: template::parse(&components, None, category)?,
    }))
}

/// Content by number: texts first, then notice, two campaigns, offer, repeated notice.
fn contents() -> Vec<Content> {
    let text = |number: u8| Content::Text { body: format!("answer {number}"), preview_url: None };
    let template = |(name, value): (&str, &str)| Content::Template {
        name: name.to_owned(),
        language: "en".to_owned(),
        components: json!([{ "type": "body", "parameters": [{ "type": "text", "text": value }] }]),
        preview: None,
    };
    let templates = [
        ("UTILITY", "order"),
        ("MARKETING", "first"),
        ("MARKETING", "second"),
        ("MARKETING", "offer"),
        ("UTILITY", "again"),
    ];
    (0..TEXTS).map(text).chain(templates.map(template)).collect()
}

fn content_of(what: What) -> u8 {
    match what {
        What::Reply(text) => text,
        What::Notice => TEXTS,
        What::Campaign(number) => TEXTS + number,
        What::Offer => TEXTS + 3,
        What::Again => TEXTS + 4,
    }
}

/// Who asks, what for, and under which category; as the product derives them.
fn asked(what: What) -> (Author, Purpose, Option<Category>) {
    match what {
        What::Reply(_) => (Author::User, Purpose::Reply, None),
        What::Notice => (Author::Rule, Purpose::Service, Some(Category::Utility)),
        What::Campaign(_) => (Author::Campaign, Purpose::Promotion, Some(Category::Marketing)),
        What::Offer => (Author::Api, Purpose::Promotion, Some(Category::Marketing)),
        What::Again => (Author::Api, Purpose::Service, Some(Category::Utility)),
    }
}

impl<'w> Sim<'w> {
    /// The start of the week. `careless`: a new owner of the lane knows nothing of what was sent before.
    pub fn new(week: &'w Week, tier: u32, seed: u64, careless: bool) -> crate::Result<Self> {
        let mut random = StdRng::seed_from_u64(seed ^ 0x0DD5);
        let message = |ask: &Ask| Message { ask: *ask, fate: Fate::Held(None), tries: 0 };
        let mut events = BTreeMap::new();
        let mut at = MONDAY.plus(HOUR);
        while at < END.plus(-2 * HOUR) {
            events.insert((at, events.len() as u64), Event::Fault(random.random_range(0..3)));
            at = at.plus(random.random_range(40 * MINUTE..140 * MINUTE));
        }
        // In the middle of the campaign's busiest minutes, one after the other.
        for minute in 0..6 {
            let at = MONDAY.plus(2 * DAY + 10 * HOUR + minute * MINUTE + 7 * SECOND);
            events.insert((at, 1_000 + minute as u64), Event::Fault(u8::try_from(minute % 3).unwrap_or(0)));
        }
        Ok(Self {
            week,
            policy: Policy::default(),
            tier,
            careless,
            random,
            now: MONDAY,
            messages: week.asks.iter().map(message).collect(),
            queues: Default::default(),
            count: 10_000,
            events,
            records: Records::new(week.customers.len()),
            contents: contents(),
            templates: [facts("UTILITY")?, facts("MARKETING")?],
            epoch: 1,
            owned: true,
            limits: Limits::taken_over(RATES, MONDAY, careless),
            flying: HashSet::new(),
            promotion: 0,
            ready_at: MONDAY,
            stuck: false,
            out: Outcome { log: Vec::new(), fates: Vec::new(), judged: 0, refused: 0, passed_on: 0 },
        })
    }

    /// Three nodes whose clocks follow the database's, and are a little apart all the same.
    fn skew(&self) -> i64 {
        [0, 100, -100][self.epoch as usize % 3]
    }

    /// Runs the week.
    pub fn run(mut self) -> Outcome {
        let mut next_ask = 0;
        while let Some(next) = self.next(next_ask) {
            self.now = self.now.max(next);
            while let Some(ask) = self.week.asks.get(next_ask).filter(|ask| ask.at <= self.now) {
                let id = u32::try_from(next_ask).unwrap_or(u32::MAX);
                self.queue(id, ask.at);
                next_ask += 1;
            }
            while let Some(entry) = self.events.first_entry().filter(|entry| entry.key().0 <= self.now) {
                self.stuck = false;
                let event = entry.remove();
                self.happens(event);
            }
            if self.owned && self.now >= self.ready_at && !self.stuck {
                self.turn();
            }
        }
        self.close()
    }

    /// When something happens next.
    fn next(&self, next_ask: usize) -> Option<Ms> {
        let ask = self.week.asks.get(next_ask).map(|ask| ask.at);
        let event = self.events.first_key_value().map(|((at, _), _)| *at);
        let due = self.queues.iter().filter_map(|queue| queue.first()).map(|(at, _)| at.plus(-self.skew())).min();
        let turn = due.filter(|_| self.owned && !self.stuck).map(|at| at.max(self.ready_at));
        [ask, event, turn].into_iter().flatten().min().filter(|at| *at < END)
    }

    fn later(&mut self, ms: i64, event: Event) {
        self.count += 1;
        self.events.insert((self.now.plus(ms), self.count), event);
    }

    fn queue(&mut self, id: u32, at: Ms) {
        let (author, purpose, category) = asked(self.messages[id as usize].ask.what);
        let rank = guard::priority(author, purpose, category).rank();
        self.queues[usize::try_from(rank).unwrap_or(2)].insert((at, id));
        self.messages[id as usize].fate = Fate::Held(None);
        self.stuck = false;
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Answer { message, epoch, sent, code } => {
                // What comes back to a node that is gone, or has lost the lane, is noted by nobody.
                if epoch == self.epoch && self.flying.contains(&message) {
                    self.answered(message, sent, code);
                }
            }
            Event::Status { message } => {
                if matches!(self.messages[message as usize].fate, Fate::InFlight | Fate::Unknown) {
                    self.messages[message as usize].fate = Fate::Sent;
                    self.landed(message);
                }
            }
            Event::Fault(kind) => {
                self.owned = false;
                // Stopped in order: what is in flight is waited for. Killed or paused: the lease has to end.
                let wait = if kind == 0 { 400 } else { self.random.random_range(7 * SECOND..10 * SECOND) };
                if kind != 0 {
                    self.epoch += 1;
                }
                self.later(wait, Event::TakeOver);
            }
            Event::TakeOver if !self.owned => self.take_over(),
            Event::TakeOver => {}
        }
    }

    fn take_over(&mut self) {
        self.epoch += 1;
        self.owned = true;
        self.out.passed_on += 1;
        self.ready_at = self.now;
        self.limits = Limits::taken_over(RATES, self.now.plus(self.skew()), self.careless);
        if self.careless {
            self.records = Records::new(self.week.customers.len());
        }
        for message in self.flying.drain() {
            self.messages[message as usize].fate = Fate::Unknown;
        }
        self.promotion = 0;
    }

    fn waiting(&self, ask: &Ask) -> Waiting {
        let (author, purpose, category) = asked(ask.what);
        let number = self.week.customers[ask.customer as usize].number;
        Waiting { number, customer: ask.customer, priority: guard::priority(author, purpose, category) }
    }

    fn landed(&mut self, message: u32) {
        let promotes = asked(self.messages[message as usize].ask.what).1 == Purpose::Promotion;
        if self.flying.remove(&message) && promotes {
            self.promotion = self.promotion.saturating_sub(1);
        }
    }

    fn answered(&mut self, id: u32, sent: Ms, code: Option<i64>) {
        self.landed(id);
        let ask = self.messages[id as usize].ask;
        let waiting = self.waiting(&ask);
        let now = self.now.plus(self.skew());
        let Some(code) = code else {
            self.limits.succeeded(&waiting, sent);
            self.messages[id as usize].fate = Fate::Sent;
            return;
        };
        let personal = code == 131_056;
        let jitter = self.random.random();
        let again = self.limits.refused(&waiting, personal, sent, now, jitter);
        self.records.forget(ask.customer, id);
        if self.messages[id as usize].tries >= if personal { 12 } else { 500 } {
            self.messages[id as usize].fate = Fate::Failed;
        } else {
            self.queue(id, again);
        }
    }

    /// One look at the queue.
    fn turn(&mut self) {
        let now = self.now.plus(self.skew());
        let room = IN_FLIGHT.saturating_sub(self.flying.len()).min(BATCH);
        let mut left = PROMOTION_IN_FLIGHT.saturating_sub(self.promotion);
        let mut due = Vec::with_capacity(room);
        for (rank, queue) in self.queues.iter().enumerate() {
            for entry in queue.range(..=(now, u32::MAX)) {
                if due.len() >= room || (rank == 2 && left == 0) {
                    break;
                }
                left -= usize::from(rank == 2);
                due.push((rank, *entry));
            }
        }
        // The next answer makes room.
        self.stuck = due.is_empty();
        self.ready_at = self.now.plus(if due.len() >= BATCH { 5 } else { 1 });
        for (rank, entry) in due {
            self.queues[rank].remove(&entry);
            let verdict = self.judge(entry.1, now);
            match verdict.outcome {
                guard::Outcome::Allow => self.hand_over(entry.1, now),
                guard::Outcome::Delay => {
                    let until = verdict.recheck_at.unwrap_or(now.plus(MINUTE));
                    self.queues[rank].insert((until, entry.1));
                }
                guard::Outcome::Refuse => {
                    let rule = verdict.decided_by.unwrap_or(Rule::Content);
                    self.messages[entry.1 as usize].fate = Fate::Refused(rule, self.now);
                }
            }
        }
    }

    /// Everything that is known, and the guard's answer.
    fn judge(&mut self, id: u32, now: Ms) -> Verdict {
        self.out.judged += 1;
        let (week, ask) = (self.week, self.messages[id as usize].ask);
        let customer = &week.customers[ask.customer as usize];
        let (author, purpose, category) = asked(ask.what);
        let number = content_of(ask.what);
        let others = || self.records.of(ask.customer).iter().filter(move |known| known.message != id);
        self.limits.remember(ask.customer, &self.policy, others().map(|known| known.at), now);
        let history = History {
            templates: others().filter(|known| known.template).map(|known| known.at).collect(),
            same_content: others().filter(|known| known.content == number).map(|known| known.at).collect(),
            promotional_at: others().filter(|known| known.promotion).map(|known| known.at).max(),
            same_event_at: others()
                .filter(|known| ask.event != 0 && known.event == ask.event)
                .map(|known| known.at)
                .max(),
        };
        let wrote = customer.wrote_before(now);
        let (used, counts_customer, frees_at) = self.records.reached(ask.customer, now);
        let promotes = purpose == Purpose::Promotion;
        let snapshot = Snapshot {
            customer: CustomerFacts {
                has_phone: true,
                country: Some(customer.country.to_owned()),
                timezone: Some(customer.zone.to_owned()),
                marketing: customer.consent,
                last_inbound_at: wrote,
                ..CustomerFacts::default()
            },
            window: Window::new(wrote.map(|at| at.plus(DAY))),
            template: category
                .map(|category| Arc::clone(&self.templates[usize::from(category == Category::Marketing)])),
            history,
            portfolio: PortfolioFacts { tier: Tier::Limited(self.tier), used, counts_customer, frees_at },
            readings: self.limits.readings(&self.waiting(&ask), promotes, &self.policy, now),
            workspace_timezone: "UTC".to_owned(),
            ..Snapshot::default()
        };
        let request = Request {
            event_key: (ask.event != 0).then_some("order"),
            ..Request::message(&self.contents[usize::from(number)], author, purpose)
        };
        guard::judge(&request, &snapshot, &self.policy, now)
    }

    /// The intent is noted, the request goes out, the stand-in answers.
    fn hand_over(&mut self, id: u32, now: Ms) {
        let (week, ask) = (self.week, self.messages[id as usize].ask);
        let customer = &week.customers[ask.customer as usize];
        let (_, purpose, category) = asked(ask.what);
        let open = customer.wrote_before(now).is_some_and(|at| now < at.plus(DAY));
        let record = Record {
            message: id,
            at: now,
            content: content_of(ask.what),
            template: category.is_some(),
            promotion: purpose == Purpose::Promotion,
            initiated: !open,
            event: ask.event,
        };
        self.limits.take(customer.number, ask.customer, now);
        self.records.note(ask.customer, record);
        let message = &mut self.messages[id as usize];
        message.fate = Fate::InFlight;
        message.tries += 1;
        self.flying.insert(id);
        self.promotion += usize::from(record.promotion);
        let way = self.random.random_range(0..=50);
        let arrives = self.now.plus(way);
        let storm = STORMS.iter().find(|(from, _)| (*from..from + STORM).contains(&arrives.since(MONDAY)));
        let code = storm.filter(|_| self.random.random_bool(0.9)).map(|(_, code)| *code);
        if code.is_none() {
            self.out.log.push(Arrival { at: arrives, number: customer.number, message: id });
            self.later(way + 2 * SECOND, Event::Status { message: id });
        } else {
            self.out.refused += 1;
        }
        let back = way + self.random.random_range(30..120);
        self.later(back, Event::Answer { message: id, epoch: self.epoch, sent: now, code });
    }

    /// What still waits is judged once more, by limiters that hold nothing back.
    fn close(mut self) -> Outcome {
        self.now = END;
        self.limits = Limits::taken_over(RATES, END.plus(-HOUR), false);
        let waiting: Vec<u32> = self.queues.iter().flatten().map(|(_, id)| *id).collect();
        for id in waiting {
            let verdict = self.judge(id, END);
            self.messages[id as usize].fate = Fate::Held(verdict.decided_by);
        }
        self.out.log.sort_by_key(|arrival| arrival.at);
        self.out.fates = self.messages.iter().map(|message| message.fate).collect();
        self.out
    }
}
