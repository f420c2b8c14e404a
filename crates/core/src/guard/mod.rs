//! The guard: every outbound message passes it, by whomever it is sent (`product.md` G1-G5).
//!
//! [`judge`] is pure. It reads what is asked ([`Request`]), what is known at this moment ([`Snapshot`]) and the
//! rules ([`Policy`]) and answers with a [`Verdict`] that explains every check, not only the one that decided.
//! [`rate`] has the exact limiters whose readings the snapshot carries, [`pauses`] the waiting after refusals.

mod checks;
mod content;
pub mod pauses;
mod policy;
pub mod quiet;
pub mod rate;
mod request;
pub mod settings;
pub mod slot;
mod verdict;

#[cfg(test)]
mod tests;

pub use content::content_hash;
pub use policy::{OnCap, Period, Policy};
pub use request::{
    Act, Author, BudgetFacts, ChannelFacts, CustomerFacts, History, PortfolioFacts, Priority, Purpose, Readings,
    Request, RouteWait, Snapshot, TemplateFacts, Tier, priority,
};
pub use verdict::{Check, Effect, Outcome, Rule, Unit, Verdict, note_keys};

use crate::Ms;

/// Decides whether this may be handed to the provider now, later, or not at all.
///
/// Total: never panics. One refused check refuses; else one delayed check delays until the latest of the known
/// moments; else it is allowed. The worker that holds the send lane judges again before each attempt, so a delay is
/// a promise to look again, not to send.
#[must_use]
pub fn judge(request: &Request<'_>, snapshot: &Snapshot, policy: &Policy, now: Ms) -> Verdict {
    let case = checks::Case { request, snapshot, policy, now };
    Verdict::of(case.all(), now, policy.recheck_ms, |moment| case.awake(moment))
}
