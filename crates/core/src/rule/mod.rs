//! Rules: what a workspace lets happen by itself, and why it did or did not.
//!
//! A rule is one [`Definition`]: triggers, a tree of conditions, steps. From it come the decision ([`decide`]), its
//! explanation with the values of the moment ([`Verdict`]), the faults of a draft ([`check`]) and, through [`catalogue`],
//! the form in which it is edited. All of it is pure: the shell brings the [`Facts`], and does the steps.
//!
//! What happens is heard in the contact's lane ([`listen`]), judged after the rule's settling time, and its steps are
//! planned up to the next wait; when that is over, [`resume`] judges the conditions again and plans on. [`replay`] does
//! the same with the past, before a rule is switched on.

mod budget;
mod catalogue;
mod check;
mod condition;
mod decide;
mod definition;
mod event;
mod facts;
mod field;
pub mod funnel;
mod handover;
mod heard;
mod judge;
pub mod listen;
mod listeners;
mod local;
mod plan;
pub mod replay;
mod shared;
mod step;
#[cfg(test)]
mod tests;
mod told;
mod trigger;
mod value;

pub use budget::{BACK, Bounds, CONTACT_HOUR, DEPTH, RULE_HOUR, horizon, own_back};
pub use catalogue::{Catalogue, Offered, Parameter, ParameterKind, catalogue};
pub use check::{Fault, check};
pub use condition::{Condition, Count, Is, Weekday};
pub use decide::{Check, Checked, Known, Resumed, Verdict, decide, judge, resume};
pub use definition::{Definition, Limit, Phrase};
pub use event::{Event, What};
pub use facts::{Facts, Message, Past, Person, Said};
pub use field::{Field, Kind, Wanted, fields};
pub use funnel::too_many_wishes;
pub use handover::{PAUSE_MS, Pause, Why, handed_over, lately, wanted_after};
pub use heard::Heard;
pub use judge::{Explained, Scene, explain, holds};
pub use listeners::Listeners;
pub use local::Timing;
pub use plan::{Next, Plan, Planned, Taken};
pub use shared::Shared;
pub use step::Step;
pub use told::Told;
pub use trigger::Trigger;
pub use value::Value;
