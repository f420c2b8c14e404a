//! The count afterwards, from the stand-in's log and by plain arithmetic: it knows nothing of the guard's code.

use super::people::{Week, What};
use super::sim::{Arrival, Fate, Outcome, RATES};
use rapport_core::Ms;
use rapport_core::contact::Consent;
use rapport_core::guard::Rule;
use rapport_core::time::{DAY, HOUR, SECOND};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Nodes' clocks are up to 100 ms from the world's and a request travels up to 50 ms: so much may be missing from
/// spans that only we count. What the provider counts has no such allowance.
const APART: i64 = 250;
/// Messages to one customer that may be sent at once, and the time one more needs.
const BURST: usize = 45;
const GAP: i64 = 6 * SECOND;

/// What was found.
#[derive(Default)]
pub struct Tally {
    /// What must not be.
    pub wrong: Vec<String>,
    /// Messages by fate: `sent`, `held: ...`, `refused: ...`.
    pub fates: BTreeMap<String, usize>,
    /// The fullest second of each number.
    pub second: Vec<usize>,
    /// The most messages to one customer within six seconds.
    pub pair: usize,
    /// The most customers written to first within 24 hours.
    pub reached: usize,
    /// The shortest time between two promotional messages to one customer, ms.
    pub promotions_apart: Option<i64>,
    /// Half of the answers, and 99 in a hundred, went out within so many ms after they were written.
    pub reply_waits: (i64, i64),
}

struct Count<'a> {
    week: &'a Week,
    out: &'a Outcome,
    tally: Tally,
}

/// Counts everything.
pub fn count(week: &Week, out: &Outcome, tier: u32) -> Tally {
    let mut count = Count { week, out, tally: Tally::default() };
    count.fates();
    count.once();
    count.seconds();
    count.reached(tier);
    let mut of: HashMap<u32, Vec<Arrival>> = HashMap::new();
    for arrival in &out.log {
        of.entry(week.asks[arrival.message as usize].customer).or_default().push(*arrival);
    }
    for (customer, arrivals) in &of {
        count.pairs(arrivals);
        count.customer(*customer, arrivals);
    }
    count.refusals(&of);
    count.waits();
    count.tally
}

/// The most entries of a sorted list in any half-open span.
fn densest(sorted: &[Ms], span: i64) -> usize {
    let (mut from, mut most) = (0, 0);
    for (to, at) in sorted.iter().enumerate() {
        while at.since(sorted[from]) >= span {
            from += 1;
        }
        most = most.max(to - from + 1);
    }
    most
}

fn is_promotion(what: What) -> bool {
    matches!(what, What::Campaign(_) | What::Offer)
}

/// Day of the week (Monday = 0) and minute of the day by a customer's clock.
fn local(zone: &str, at: Ms) -> Option<(i8, i32)> {
    let zone = jiff::tz::TimeZone::get(zone).ok()?;
    let local = zone.to_datetime(jiff::Timestamp::from_millisecond(at.0).ok()?);
    Some((local.weekday().to_monday_zero_offset(), i32::from(local.hour()) * 60 + i32::from(local.minute())))
}

impl Count<'_> {
    fn wrong(&mut self, what: String) {
        self.tally.wrong.push(what);
    }

    fn what(&self, arrival: &Arrival) -> What {
        self.week.asks[arrival.message as usize].what
    }

    /// Whether the customer's window was open.
    fn open(&self, customer: u32, at: Ms, allowance: i64) -> bool {
        let wrote = self.week.customers[customer as usize].wrote_before(at);
        wrote.is_some_and(|wrote| at.since(wrote) < DAY + allowance)
    }

    fn fates(&mut self) {
        for (id, fate) in self.out.fates.iter().enumerate() {
            let name = match fate {
                Fate::Sent => "sent".to_owned(),
                Fate::Unknown => "unknown: left to a person".to_owned(),
                Fate::InFlight => "in flight".to_owned(),
                Fate::Failed => "failed".to_owned(),
                Fate::Held(Some(rule)) => format!("held: {}", rule.code()),
                Fate::Held(None) => "left unsent".to_owned(),
                Fate::Refused(rule, _) => format!("refused: {}", rule.code()),
            };
            if matches!(fate, Fate::InFlight | Fate::Failed | Fate::Held(None)) {
                self.wrong(format!("message {id} ({:?}) ended as {name}", self.week.asks[id]));
            }
            *self.tally.fates.entry(name).or_default() += 1;
        }
    }

    fn once(&mut self) {
        let mut seen = vec![0_u8; self.out.fates.len()];
        for arrival in &self.out.log {
            seen[arrival.message as usize] = seen[arrival.message as usize].saturating_add(1);
        }
        for (id, times) in seen.iter().enumerate() {
            let expected = u8::from(self.out.fates[id] == Fate::Sent);
            if *times != expected {
                self.wrong(format!("message {id} arrived {times} times and ended as {:?}", self.out.fates[id]));
            }
        }
    }

    fn seconds(&mut self) {
        for (number, rate) in RATES.iter().enumerate() {
            let of = self.out.log.iter().filter(|arrival| usize::from(arrival.number) == number);
            let most = densest(&of.map(|arrival| arrival.at).collect::<Vec<_>>(), SECOND);
            self.tally.second.push(most);
            if most > *rate as usize {
                self.wrong(format!("number {number}: {most} messages in a second, {rate} allowed"));
            }
        }
    }

    /// Distinct customers written to outside their window in any 24 h.
    fn reached(&mut self, tier: u32) {
        let first: Vec<(Ms, u32)> = self
            .out
            .log
            .iter()
            .map(|arrival| (arrival.at, self.week.asks[arrival.message as usize].customer))
            .filter(|(at, customer)| !self.open(*customer, *at, 0))
            .collect();
        let (mut from, mut counts): (usize, HashMap<u32, u32>) = (0, HashMap::new());
        for (at, customer) in &first {
            while at.since(first[from].0) >= DAY {
                let gone = first[from].1;
                if let Some(count) = counts.get_mut(&gone) {
                    *count -= 1;
                    if *count == 0 {
                        counts.remove(&gone);
                    }
                }
                from += 1;
            }
            *counts.entry(*customer).or_insert(0) += 1;
            self.tally.reached = self.tally.reached.max(counts.len());
        }
        if self.tally.reached > tier as usize {
            self.wrong(format!("{} customers written to first in 24 h, {tier} allowed", self.tally.reached));
        }
    }

    /// The provider's bucket: a burst of 45, and one more every six seconds.
    fn pairs(&mut self, arrivals: &[Arrival]) {
        let times: Vec<Ms> = arrivals.iter().map(|arrival| arrival.at).collect();
        let most = densest(&times, GAP);
        self.tally.pair = self.tally.pair.max(most);
        for (from, begin) in times.iter().enumerate() {
            let over = times[from..]
                .iter()
                .enumerate()
                .find(|(more, end)| more + 1 > BURST + usize::try_from(end.since(*begin) / GAP).unwrap_or(0));
            if let Some((more, end)) = over {
                self.tally.wrong.push(format!("{} messages to one customer in {} ms", more + 1, end.since(*begin)));
                return;
            }
        }
    }

    fn customer(&mut self, id: u32, arrivals: &[Arrival]) {
        let customer = &self.week.customers[id as usize];
        for (place, arrival) in arrivals.iter().enumerate() {
            let what = self.what(arrival);
            let ask = self.week.asks[arrival.message as usize];
            let before = |span: i64| {
                let earlier = arrivals[..place].iter().rev();
                earlier.take_while(move |other| arrival.at.since(other.at) < span - APART)
            };
            let mut wrong = Vec::new();
            match what {
                What::Reply(_) if !self.open(id, arrival.at, APART) => {
                    wrong.push("free text outside the window".to_owned());
                }
                What::Reply(_) => {}
                _ if customer.consent != Consent::OptedIn
                    && before(DAY).any(|other| !matches!(self.what(other), What::Reply(_))) =>
                {
                    wrong.push("a second template in a day without opt-in".to_owned());
                }
                _ => {}
            }
            if is_promotion(what) {
                let last = arrivals[..place].iter().rev().find(|other| is_promotion(self.what(other)));
                if let Some(apart) = last.map(|other| arrival.at.since(other.at)) {
                    self.tally.promotions_apart =
                        Some(self.tally.promotions_apart.map_or(apart, |known| known.min(apart)));
                    if apart < 7 * DAY - APART {
                        wrong.push(format!("promotion {apart} ms after the last"));
                    }
                }
                wrong.extend(self.promotion_at(customer.zone, customer.country, customer.consent, what, arrival.at));
            }
            if ask.event != 0 {
                let same = |other: &&Arrival| self.week.asks[other.message as usize].event == ask.event;
                if before(6 * HOUR).any(|other| same(&other)) {
                    wrong.push("a notice about the same event within 6 h".to_owned());
                }
            }
            if !matches!(what, What::Reply(_)) && before(30 * DAY).filter(|other| self.what(other) == what).count() >= 5
            {
                wrong.push("the same content a sixth time".to_owned());
            }
            self.tally.wrong.extend(wrong.into_iter().map(|what| format!("customer {id} at {}: {what}", arrival.at)));
        }
    }

    /// Where and when promotion may arrive: consent, market, not at night, campaigns on Wednesday afternoon.
    fn promotion_at(&self, zone: &str, country: &str, consent: Consent, what: What, at: Ms) -> Option<String> {
        if consent == Consent::OptedOut {
            return Some("promotion against the customer's will".to_owned());
        }
        if country == "US" {
            return Some("promotion in a closed market".to_owned());
        }
        // A minute: the clock's seconds are cut off.
        let (day, minute) = local(zone, at)?;
        let awake = (9 * 60 - 1..=21 * 60).contains(&minute);
        let slot = day == 2 && (14 * 60 - 1..=16 * 60).contains(&minute);
        let campaign = matches!(what, What::Campaign(_));
        let holds = if campaign { slot } else { awake };
        (!holds).then(|| format!("promotion on day {day} at minute {minute} in {zone}"))
    }

    /// Whoever was refused was refused for what the log shows.
    fn refusals(&mut self, of: &HashMap<u32, Vec<Arrival>>) {
        let none = Vec::new();
        let lost: HashSet<u32> = self
            .out
            .fates
            .iter()
            .zip(&self.week.asks)
            .filter(|(fate, _)| **fate == Fate::Unknown)
            .map(|(_, ask)| ask.customer)
            .collect();
        for (id, fate) in self.out.fates.iter().enumerate() {
            let Fate::Refused(rule, at) = fate else { continue };
            let ask = self.week.asks[id];
            let customer = &self.week.customers[ask.customer as usize];
            let arrivals = of.get(&ask.customer).unwrap_or(&none);
            // What was on its way then counts as well, also when it only arrived after a storm or was lost.
            let lost = lost.contains(&ask.customer);
            let near = |span: i64| lost || arrivals.iter().any(|other| other.at.since(*at).abs() < span + HOUR);
            let holds = match rule {
                Rule::Window => !self.open(ask.customer, *at, -APART),
                Rule::Consent => customer.consent == Consent::OptedOut,
                Rule::Market => customer.country == "US",
                Rule::OptInCap => customer.consent != Consent::OptedIn && near(DAY),
                Rule::PromotionGap => near(7 * DAY),
                Rule::SameContent => lost || arrivals.iter().filter(|other| self.what(other) == ask.what).count() >= 5,
                _ => false,
            };
            if !holds {
                self.tally.wrong.push(format!("message {id} ({ask:?}) was refused by {} without reason", rule.code()));
            }
        }
    }

    fn waits(&mut self) {
        let mut waits: Vec<i64> = self
            .out
            .log
            .iter()
            .filter(|arrival| matches!(self.what(arrival), What::Reply(_)))
            .map(|arrival| arrival.at.since(self.week.asks[arrival.message as usize].at))
            .collect();
        waits.sort_unstable();
        let at = |part: usize| waits.get(waits.len() * part / 100).copied().unwrap_or(0);
        self.tally.reply_waits = (at(50), at(99));
    }
}
