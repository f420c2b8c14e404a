//! Third parties' wire formats, and the one HTTP client that talks to them.
//!
//! Everything but [`http::client`] is sans-I/O: builders make a [`http::Request`], readers take a [`http::Response`] or
//! a webhook body. Nothing here touches the database or the clock, and no vendor type leaves this crate: readers
//! return the values of `rapport-core` or the neutral ones of [`crm`]. Whoever carries WhatsApp messages stands behind
//! the one seam [`provider`].

pub mod crm;
pub mod freshdesk;
pub mod http;
pub mod hubspot;
pub mod intercom;
pub(crate) mod json;
pub mod provider;
pub mod push;
pub mod rest;
pub mod salesforce;
pub mod secret;
pub mod shop;
pub(crate) mod sign;
pub mod webhook;
pub mod whatsapp;
pub mod zendesk;
pub mod zoho;

pub use secret::Secret;
