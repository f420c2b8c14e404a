//! The HTTP API against the real router and a real database. One binary, because each one costs a link.
#![allow(missing_docs, reason = "tests")]

mod accounts;
mod addresses;
mod bad_input;
mod channels;
mod contacts;
mod conversations;
mod costs;
mod error_codes;
mod failover;
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
mod providers;
mod retention;
mod road;
mod roles;
mod search;
mod sending;
mod session;
mod surface;
mod template_blanks;
mod templates;
mod tokens;
