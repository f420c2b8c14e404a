//! Rules tried on the past, before anybody gets anything of them.
//!
//! A trial is a row with what is tried, and a job that lives through the customers in turn ([`run`]), piece by piece: each
//! piece adds to the counts and moves on in one transaction, so that whoever goes on after a restart neither repeats nor
//! leaves out anybody. What is decided is decided by `core::rule::replay`.

pub mod ask;
pub mod past;
pub mod run;
pub mod view;

/// What is not found.
const NOUN: &str = "backtest";

/// Where a trial stands.
pub(crate) mod state {
    /// Customers wait for their turn.
    pub const RUNNING: &str = "running";
    /// All had it, or as many as one trial may have.
    pub const DONE: &str = "done";
    /// Somebody stopped it.
    pub const CANCELLED: &str = "cancelled";
    /// It could not be gone on with.
    pub const FAILED: &str = "failed";
}

/// Most lines of one trial.
pub const MOST: u64 = 5_000_000;
/// Examples that are kept: of what would have run, and of what would not.
pub const EXAMPLES: (usize, usize) = (150, 50);
/// Trials that are kept.
const KEPT: u64 = 20;
