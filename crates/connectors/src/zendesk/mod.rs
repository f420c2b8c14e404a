//! Zendesk Support (`crm-apis.md` §4): end users as contacts, tickets as cases.

pub mod api;
mod crm;
pub mod error;
pub mod export;
pub mod fields;
pub mod hook;
pub mod identities;
pub mod jobs;
pub mod tickets;
pub mod users;

pub use api::{Api, Login};
pub use crm::VENDOR;
pub use error::{read_error, read_limits};
