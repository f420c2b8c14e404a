//! The HTTP API against the real router and a real database. One binary, because each one costs a link.
#![allow(missing_docs, reason = "tests")]

mod accounts;
mod bad_input;
mod channels;
mod contacts;
mod conversations;
mod files;
mod harness;
mod hooks;
mod idempotency;
mod idor;
mod listen;
mod live;
mod road;
mod roles;
mod search;
mod sending;
mod session;
mod surface;
mod tokens;
