//! Freshdesk (`crm-apis.md` §5): contacts of the help desk, tickets as cases.

pub mod api;
pub mod contacts;
mod crm;
pub mod error;
pub mod fields;
pub mod hook;
pub mod list;
pub mod search;
pub mod tickets;

pub use api::Api;
pub use crm::VENDOR;
pub use error::{read_error, read_limits};
