//! Rules at work: kept and compiled ([`manage`], [`set`]), heard in the lane ([`listen`]), judged when their time has
//! come ([`judge`], [`wait`]), done step by step ([`act`]), and explained ([`runs`], [`why`], [`funnel`]). What is not
//! switched on yet is tried on the past ([`backtest`]).
//!
//! What happens becomes a job in the transaction in which it happens, due after the settling time of the rules that
//! listen. The job decides in the contact's lane and stores a run for each rule that runs, unique for rule and event;
//! then it does the steps. Whoever dies between is followed by another who finds the run and goes on: every step is
//! harmless to repeat, and messages carry an id of their own.

pub(crate) mod act;
pub mod backtest;
pub(crate) mod facts;
pub mod funnel;
pub(crate) mod judge;
pub(crate) mod listen;
pub mod manage;
mod matter;
pub mod offered;
pub mod runs;
pub mod set;
pub mod starter;
pub(crate) mod timer;
pub mod view;
pub(crate) mod wait;
pub mod why;

/// What is not found.
const NOUN: &str = "rule";

/// Where a run stands.
pub mod state {
    /// Its steps are being done.
    pub const ACTING: &str = "acting";
    /// It waits.
    pub const WAITING: &str = "waiting";
    /// It is through.
    pub const DONE: &str = "done";
    /// It was ended after a wait.
    pub const ENDED: &str = "ended";
    /// It did not begin.
    pub const SKIPPED: &str = "skipped";
}
