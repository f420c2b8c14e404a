//! Fail-over between two numbers, on both databases: nothing is lost and nothing is sent twice, whatever a provider does
//! and whenever the process restarts.
#![allow(missing_docs, reason = "tests")]

mod chats;
#[path = "../house/mod.rs"]
mod house;
mod life;
mod nodes;
mod rules;
mod world;
