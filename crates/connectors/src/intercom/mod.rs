//! Intercom (`crm-apis.md` §6): users and leads as contacts.

pub mod api;
pub mod attributes;
pub mod contacts;
mod crm;
pub mod error;
pub mod hook;
pub mod search;

pub use api::Api;
pub use crm::VENDOR;
pub use error::{read_error, read_limits};
