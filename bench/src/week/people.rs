//! Who the customers are, and what is asked of the sender in a week.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rapport_core::Ms;
use rapport_core::contact::Consent;
use rapport_core::time::{DAY, HOUR, MINUTE, SECOND};

/// Monday 26 October 2026, 00:00 UTC: the week in which North America sets its clocks back.
pub const MONDAY: Ms = Ms(1_792_972_800_000);

/// Country and clock of a part of the customers, with its share in per cent.
const PLACES: [(&str, &str, u32); 8] = [
    ("AE", "Asia/Dubai", 22),
    ("DE", "Europe/Berlin", 18),
    ("CA", "America/Toronto", 12),
    ("IN", "Asia/Kolkata", 16),
    ("BR", "America/Sao_Paulo", 12),
    ("AU", "Australia/Sydney", 8),
    ("SG", "Asia/Singapore", 8),
    ("US", "America/New_York", 4),
];

/// A customer.
pub struct Customer {
    /// ISO country of the number.
    pub country: &'static str,
    /// IANA time zone.
    pub zone: &'static str,
    /// Consent to marketing.
    pub consent: Consent,
    /// Which of the business's numbers the conversation is on.
    pub number: u8,
    /// When they wrote; in order.
    pub wrote: Vec<Ms>,
}

impl Customer {
    /// When they last wrote before a moment.
    pub fn wrote_before(&self, now: Ms) -> Option<Ms> {
        self.wrote.iter().rev().find(|at| **at <= now).copied()
    }
}

/// What is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A person's answer, free text; one of some texts.
    Reply(u8),
    /// A notice about an order, by a rule.
    Notice,
    /// A campaign's offer: the first or the second campaign.
    Campaign(u8),
    /// An offer by a program, at any hour.
    Offer,
    /// The same notice again and again, by a program.
    Again,
}

/// Texts that answers are made of.
pub const TEXTS: u8 = 20;

/// Something that somebody wants sent.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// When it is asked.
    pub at: Ms,
    /// For whom.
    pub customer: u32,
    /// What.
    pub what: What,
    /// The event it is about; 0 = none.
    pub event: u32,
}

/// A population, and a week of its traffic in order.
pub struct Week {
    /// Everybody.
    pub customers: Vec<Customer>,
    /// Everything that is asked.
    pub asks: Vec<Ask>,
}

impl Week {
    /// The same for the same seed.
    pub fn new(customers: u32, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut week = Self { customers: Vec::with_capacity(customers as usize), asks: Vec::new() };
        for id in 0..customers {
            let customer = customer(&mut random);
            week.ask_for(id, &customer, &mut random);
            week.customers.push(customer);
        }
        // The last hours belong to what still waits.
        week.asks.retain(|ask| ask.at >= MONDAY && ask.at < MONDAY.plus(7 * DAY - 3 * HOUR));
        week.asks.sort_by_key(|ask| (ask.at, ask.customer));
        week
    }

    fn ask_for(&mut self, id: u32, customer: &Customer, random: &mut StdRng) {
        let mut ask = |at: Ms, what: What, event: u32| self.asks.push(Ask { at, customer: id, what, event });
        for wrote in &customer.wrote {
            for _ in 0..random.random_range(0..3_u8) {
                // Most answers come within the hour, some after the window has closed.
                let late = if random.random_bool(0.05) { 30 * HOUR } else { HOUR };
                ask(wrote.plus(random.random_range(MINUTE..late)), What::Reply(random.random_range(0..TEXTS)), 0);
            }
        }
        ask(MONDAY.plus(DAY + 10 * HOUR), What::Campaign(1), 0);
        if random.random_bool(0.2) {
            ask(MONDAY.plus(3 * DAY + 10 * HOUR), What::Campaign(2), 0);
        }
        if random.random_bool(0.05) {
            ask(MONDAY.plus(random.random_range(0..6 * DAY)), What::Offer, 0);
        }
        if random.random_bool(0.6) {
            for number in 0..random.random_range(1..4_u32) {
                let at = MONDAY.plus(random.random_range(0..6 * DAY));
                ask(at, What::Notice, id * 8 + number + 1);
                if random.random_bool(0.15) {
                    // The parcel moved again within the hour.
                    ask(at.plus(random.random_range(MINUTE..HOUR)), What::Notice, id * 8 + number + 1);
                }
            }
        }
        if random.random_bool(0.01) {
            for _ in 0..8 {
                ask(MONDAY.plus(random.random_range(0..6 * DAY)), What::Again, 0);
            }
        }
        if let Some(wrote) = customer.wrote.first().filter(|_| random.random_bool(0.002)) {
            // A person pastes a long answer line by line.
            let begins = wrote.plus(5 * MINUTE);
            for line in 0..60 {
                ask(begins.plus(line * 50), What::Reply(u8::try_from(line).unwrap_or(0) % TEXTS), 0);
            }
        }
    }
}

fn customer(random: &mut StdRng) -> Customer {
    let mut share = random.random_range(0..100_u32);
    let place = PLACES.iter().find(|(.., part)| {
        let here = share < *part;
        share = share.saturating_sub(*part);
        here
    });
    let (country, zone, _) = place.copied().unwrap_or(PLACES[0]);
    let consent = match random.random_range(0..100_u8) {
        0..70 => Consent::OptedIn,
        70..95 => Consent::Unknown,
        _ => Consent::OptedOut,
    };
    let number = match random.random_range(0..100_u8) {
        0..45 => 0,
        45..90 => 1,
        _ => 2,
    };
    let times = random.random_range(0..3_u8);
    let mut wrote: Vec<Ms> =
        (0..times).map(|_| MONDAY.plus(random.random_range(-DAY..6 * DAY) / SECOND * SECOND)).collect();
    wrote.sort_unstable();
    Customer { country, zone, consent, number, wrote }
}
