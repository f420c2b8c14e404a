//! Use cases: load, decide, commit, perform.
//!
//! A use case is a function that takes the [`App`] (or the parts of it that it needs), loads through the store,
//! lets `core` decide and commits once. Nothing here knows SQL, a vendor's wire format or HTTP.

pub mod account;
pub mod audit;
pub mod auth;
pub mod bulk;
pub mod campaign;
pub mod channel;
pub mod clock;
pub mod closing;
pub mod connection;
pub mod contact;
pub mod cost;
pub mod coupon;
pub mod crm;
pub mod doctor;
pub mod error;
pub mod guide;
pub mod inbox;
pub mod ingest;
pub mod jobs;
pub mod live;
pub mod macros;
pub mod matter;
pub mod media;
pub mod practice;
pub mod pulse;
pub mod push;
pub mod quick_reply;
pub mod route;
pub mod routing;
pub mod rule;
pub mod search;
pub mod send;
pub mod services;
pub mod shop;
pub mod state;
pub mod survey;
pub mod tag;
pub mod understanding;
pub mod vault;
pub mod views;
pub mod wake;
pub mod webhook;

pub use error::{Error, Result};
pub use state::{App, Parts, Settings};
