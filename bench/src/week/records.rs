//! What the database remembers of what was handed over: shared by all nodes, written before each call, and taken back
//! when the provider certainly did not take it. The questions are those that `store::reach` answers.

use rapport_core::Ms;
use rapport_core::time::{DAY, MINUTE};
use std::collections::{BTreeSet, HashMap};

/// How far back the messaging limit is counted: a day, and a minute against us. As in the product.
pub const TIER_SPAN: i64 = DAY + MINUTE;

/// A message that was handed over, or is about to be.
#[derive(Debug, Clone, Copy)]
pub struct Record {
    /// Which message.
    pub message: u32,
    /// When it was decided.
    pub at: Ms,
    /// What it says.
    pub content: u8,
    /// A template.
    pub template: bool,
    /// Promotion.
    pub promotion: bool,
    /// The window was closed: it counts for the messaging limit.
    pub initiated: bool,
    /// The event it is about; 0 = none.
    pub event: u32,
}

/// All records of a portfolio.
pub struct Records {
    of: Vec<Vec<Record>>,
    last: HashMap<u32, Ms>,
    reached: BTreeSet<(Ms, u32)>,
}

impl Records {
    /// None yet.
    pub fn new(customers: usize) -> Self {
        Self { of: vec![Vec::new(); customers], last: HashMap::new(), reached: BTreeSet::new() }
    }

    /// What was sent to a customer.
    pub fn of(&self, customer: u32) -> &[Record] {
        &self.of[customer as usize]
    }

    /// Notes one; a message that is tried again counts at its last try.
    pub fn note(&mut self, customer: u32, record: Record) {
        let all = &mut self.of[customer as usize];
        all.retain(|known| known.message != record.message);
        all.push(record);
        self.recount(customer);
    }

    /// Takes one back that certainly did not go out.
    pub fn forget(&mut self, customer: u32, message: u32) {
        self.of[customer as usize].retain(|known| known.message != message);
        self.recount(customer);
    }

    fn recount(&mut self, customer: u32) {
        let newest = self.of(customer).iter().filter(|known| known.initiated).map(|known| known.at).max();
        if let Some(before) = self.last.remove(&customer) {
            self.reached.remove(&(before, customer));
        }
        if let Some(at) = newest {
            self.last.insert(customer, at);
            self.reached.insert((at, customer));
        }
    }

    /// Customers that count for the messaging limit, whether this one does, and when the first of them stops.
    pub fn reached(&mut self, customer: u32, now: Ms) -> (u32, bool, Option<Ms>) {
        let after = now.plus(-TIER_SPAN);
        while let Some((at, gone)) = self.reached.first().copied().filter(|(at, _)| *at <= after) {
            self.reached.remove(&(at, gone));
            self.last.remove(&gone);
        }
        let used = u32::try_from(self.reached.len()).unwrap_or(u32::MAX);
        // On the full minute: whoever waits looks again once a minute, not at every place that becomes free.
        let frees_at = self.reached.first().map(|(at, _)| Ms((at.plus(TIER_SPAN).0 / MINUTE + 1) * MINUTE));
        (used, self.last.contains_key(&customer), frees_at)
    }
}
