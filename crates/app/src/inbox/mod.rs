//! The inbox as people and programs use it: lists, threads, answers, notes, and what becomes of a conversation.
//!
//! Every write enters the conversation's lane ([`Rooms`]), lets `core::inbox` decide, and commits state, audit line and
//! queued work at once.

mod content;
mod failure;
pub mod jump;
pub mod list;
pub mod note;
pub mod parts;
pub(crate) mod prepare;
pub(crate) mod release;
mod room;
pub mod send;
pub mod settle;
pub mod snooze;
pub mod thread;
pub mod typing;
pub mod unsent;
pub mod update;
pub mod view;
pub mod wake;
pub mod watch;
pub mod words;

pub use content::{CardContent, ContentView, MediaContent, MediaWord, OrderLine};
pub use failure::FailureView;
pub(crate) use failure::view as failure_view;
pub(crate) use room::{Room, Rooms, actor};
