//! Differences between contacts and their records that wait for a person (D5): seen side by side, settled one by one or
//! many together, taken back, and made into a rule for good.

mod prefer;
mod settle;
mod undo;
mod view;
mod write;

pub use prefer::{Preference, prefer};
pub use settle::{ConflictChoice, RefusedConflict, SettleMany, Settled, settle, settle_many};
pub use undo::{Undo, Undone, undo};
pub use view::{
    ConflictContact, ConflictCounts, ConflictField, ConflictFilter, ConflictSide, ConflictView, counts, list,
};

/// What is not found.
const NOUN: &str = "conflict";
