//! Who gets a conversation: who is there now, whose turn it is, and why; and what is asked when it is over.
//!
//! Everything is a pure function of a snapshot. [`choose`] is deterministic: equal snapshots give equal choices, so two
//! nodes that look at the same moment agree.

mod agent;
mod choose;
mod hours;
mod survey;
mod survey_words;
#[cfg(test)]
mod tests;

pub use agent::{Absence, Agent, Presence, absence, presence_now};
pub use choose::{Case, Choice, Mode, Policy, Reason, Snapshot, Waits, choose};
pub use hours::{Holiday, Hours, Span, Unfit};
pub use survey::{
    Asked, Heard, SCORES, Settings as SurveySettings, Skip, Template as SurveyTemplate, hear, is_answer, may_ask,
    question, reply_id, scored, typed_score,
};
