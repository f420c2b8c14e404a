//! The store: the only crate that knows SQL.
//!
//! [`Store::open`] gives a handle on an embedded SQLite file or a PostgreSQL server; everything above behaves the
//! same on both. Customer data is reached through [`Store::workspace`], which fixes the workspace once; the few
//! doors that see the whole installation ([`Store::raw`], [`Store::lanes`], [`Store::queue`], [`Store::send_queue`], and
//! functions that take the [`Store`] itself) are named as such.
//!
//! Rules that hold everywhere: no network call inside a transaction, no transaction is kept open across waiting,
//! no business decision is taken here.

pub mod account_event;
pub mod audit;
pub mod audit_log;
pub mod backup;
mod batch;
pub mod block;
pub mod bulk;
pub mod calls;
pub mod campaign;
pub mod channel;
pub mod closing;
pub mod codec;
pub mod conflict;
pub mod contact;
pub mod conversation;
pub mod entity;
pub mod macros;
pub mod matter;
pub mod media;
pub mod merge;
pub mod outgoing;
mod parted;
pub mod practice;
pub mod prepared;
pub mod push;
pub mod query;
pub mod quick_reply;
pub mod reach;
pub mod route;
pub mod routing;
pub mod rule;
pub mod saved_view;
pub mod session;
pub mod survey;
pub mod tag;
pub mod team;
pub mod template;
pub mod template_use;
pub mod token;
pub mod understanding;
pub mod user;
pub mod user_keys;
pub mod verdict;
pub mod watch;
pub mod webhook;
pub mod workspace;

mod connect;
pub mod connection;
pub mod cost;
pub mod counter;
pub mod coupon;
mod error;
pub mod feed;
pub mod guide;
pub mod health;
pub mod idempotency;
mod ids;
pub mod ingest;
pub mod job;
pub mod lane;
pub mod likeness;
pub mod link;
pub mod mapping;
mod migration;
pub mod raw;
mod scope;
pub mod search;
pub mod send;
pub mod setting;
pub mod shop;
pub mod shop_source;
pub mod signal;
pub mod split;
mod sql;
mod statistics;
mod store;
pub mod sync_contact;
pub mod sync_job;
pub mod sync_log;
pub mod sync_report;
#[cfg(feature = "testing")]
pub mod testing;
pub mod unmerge;
mod wal;
mod whole;

pub use connect::Options;
pub use error::{Error, Result};
pub use ids::RandomSource;
pub use scope::{Read, Scope, WriteTx};
pub use store::{Backend, Store};
