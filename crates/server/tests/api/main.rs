//! The HTTP API against the real router and a real database. One binary, because each one costs a link.
#![allow(missing_docs, reason = "tests")]

mod accounts;
mod bad_input;
mod channels;
mod contacts;
mod conversations;
mod costs;
mod files;
mod files_made;
mod guard;
mod harness;
mod hooks;
mod idempotency;
mod idor;
mod listen;
mod live;
mod numbers;
mod road;
mod roles;
mod search;
mod sending;
mod session;
mod surface;
mod templates;
mod tokens;
