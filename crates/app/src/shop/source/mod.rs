//! Shops that deliver by webhook: set up ([`manage`]), their deliveries taken ([`hook`]) and read ([`take`]).
//!
//! A delivery is proved, stored and answered; a job reads it afterwards and tells of it as any program would. Repeats
//! are known by their key, and what comes late changes nothing that is newer.

pub mod hook;
pub mod manage;
pub(crate) mod take;

/// What is not found.
const NOUN: &str = "shop";
