//! The generic HTTP gateway: a contract of our own (`docs/gateway.md`), in our canonical shapes, signed both ways.

pub(super) mod inbound;
pub(super) mod send;
pub(super) mod setup;
pub(super) mod sign;

/// The version of the contract, in every body.
const VERSION: u32 = 1;
