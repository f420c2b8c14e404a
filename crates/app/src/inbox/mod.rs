//! The inbox as people and programs use it: lists, threads, answers, notes, and what becomes of a conversation.
//!
//! Every write enters the conversation's lane ([`Rooms`]), lets `core::inbox` decide, and commits state, audit line and
//! queued work at once.

mod content;
mod failure;
pub mod list;
pub mod note;
pub(crate) mod prepare;
mod room;
pub mod send;
pub mod settle;
pub mod thread;
pub mod typing;
pub mod update;
pub mod view;
pub mod wake;
pub mod words;

pub use content::{CardContent, ContentView, MediaContent, MediaWord, OrderLine};
pub(crate) use room::{Room, Rooms};
