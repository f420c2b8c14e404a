//! The HTTP API against the real router and a real database. One binary, because each one costs a link.
#![allow(missing_docs, reason = "tests")]

mod accounts;
mod bad_input;
mod harness;
mod idempotency;
mod idor;
mod listen;
mod roles;
mod session;
mod surface;
mod tokens;
