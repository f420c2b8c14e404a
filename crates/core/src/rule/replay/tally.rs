//! What came of it, counted, and examples of it.

use crate::rule::{Check, Checked, Event, Explained, Step, What};
use crate::{ContactId, ConversationId, MessageId, Ms};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts of a rule's past. Sums of two parts are the counts of both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Customers looked at.
    pub customers: u64,
    /// Lines of the period that were lived through.
    pub messages: u64,
    /// How often it would have looked.
    pub listened: u64,
    /// Why it would not have run, by the check that says no.
    pub reasons: BTreeMap<String, u64>,
    /// Runs that would have begun.
    pub runs: u64,
    /// For so many customers.
    pub run_customers: u64,
    /// Runs that a wait would have ended.
    pub ended: u64,
    /// Runs that would have written.
    pub wrote: u64,
    /// Messages that would have gone out, those that had to wait included.
    pub written: u64,
    /// To so many customers.
    pub written_customers: u64,
    /// Those of them that the guard would have held for later.
    pub delayed: u64,
    /// Messages that could not have gone, by what stood against them.
    pub refused: BTreeMap<String, u64>,
    /// Millionths of the currency, for the messages whose price is known.
    pub micros: i64,
    /// Messages whose price is missing.
    pub unpriced: u64,
    /// Runs after whose message the customer did ask for a person within a day.
    pub human: u64,
    /// Customers with more lines than are read: their newest ones were left out.
    pub cut: u64,
}

impl Tally {
    /// Adds another part.
    pub fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.customers, other.customers),
            (&mut self.messages, other.messages),
            (&mut self.listened, other.listened),
            (&mut self.runs, other.runs),
            (&mut self.run_customers, other.run_customers),
            (&mut self.ended, other.ended),
            (&mut self.wrote, other.wrote),
            (&mut self.written, other.written),
            (&mut self.written_customers, other.written_customers),
            (&mut self.delayed, other.delayed),
            (&mut self.unpriced, other.unpriced),
            (&mut self.human, other.human),
            (&mut self.cut, other.cut),
        ];
        for (own, more) in pairs {
            *own = own.saturating_add(more);
        }
        self.micros = self.micros.saturating_add(other.micros);
        for (own, more) in [(&mut self.reasons, &other.reasons), (&mut self.refused, &other.refused)] {
            for (word, count) in more {
                *own.entry(word.clone()).or_default() += count;
            }
        }
    }
}

/// A step that would have been done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// Where it stands in the rule: `2`, `3.then.0`.
    pub path: String,
    /// The step.
    pub step: Step,
    /// `would`, `later` when the guard would have held it, or `refused`.
    pub state: String,
    /// What stood against it: a rule of the guard, or `missing_value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Whether it is a message.
    #[serde(skip)]
    pub(super) message: bool,
}

impl Tried {
    /// Whether a message would have gone out.
    pub(super) fn went(&self) -> bool {
        self.message && self.state != "refused"
    }
}

/// One time that the rule would have looked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The customer.
    pub contact_id: ContactId,
    /// The conversation.
    pub conversation_id: Option<ConversationId>,
    /// The customer's message, when it was one.
    pub message_id: Option<MessageId>,
    /// When it would have been judged.
    pub at: Ms,
    /// What happened.
    pub event: What,
    /// The check that says no; nothing when it would have run.
    pub reason: Option<Check>,
    /// Every check.
    pub checks: Vec<Checked>,
    /// Every condition.
    pub conditions: Option<Explained>,
    /// What it would have done, waits included.
    pub steps: Vec<Tried>,
    /// The check that would have ended it after a wait.
    pub ended: Option<Check>,
    /// Whether the customer did ask for a person within a day after its message.
    pub human: bool,
}

impl Told {
    pub(super) fn of(event: &Event, at: Ms) -> Self {
        Self {
            contact_id: event.contact_id,
            conversation_id: event.conversation_id,
            message_id: event.message_id,
            at,
            event: event.what.clone(),
            reason: None,
            checks: Vec::new(),
            conditions: None,
            steps: Vec::new(),
            ended: None,
            human: false,
        }
    }
}
