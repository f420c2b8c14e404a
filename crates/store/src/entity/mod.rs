//! Rows as they are stored, one file a table. Times are UTC milliseconds, enums are short codes, ids UUIDs.
//!
//! Everything that reads or writes them goes through [`crate::Scope`] or one of the installation-wide doors;
//! the types are public so that use cases can read what a query returned.
#![allow(missing_docs, reason = "the entity macro generates items without documentation beside each documented row")]

pub mod account_event;
pub mod api_token;
pub mod audit_log;
pub mod channel;
pub mod channel_route;
pub mod connection;
pub mod consent;
pub mod contact;
pub mod contact_block;
pub mod conversation;
pub mod cost_day;
pub mod cost_rate;
pub mod cost_thread;
pub mod counter;
pub mod event_log;
pub mod idempotency;
pub mod identity;
pub mod job;
pub mod lane;
pub mod link;
pub mod mapping;
pub mod media;
pub mod message;
pub mod message_attempt;
pub mod node;
pub mod raw_event;
pub mod reach;
pub mod search_doc;
pub mod send_lane;
pub mod send_queue;
pub mod session;
pub mod setting;
pub mod sync_log;
pub mod team;
pub mod team_member;
pub mod template;
pub mod template_use;
pub mod user;
pub mod workspace;
