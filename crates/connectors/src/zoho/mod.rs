//! Zoho CRM v8 (`crm-apis.md` §3): contacts, deals and cases.

pub mod api;
pub mod contacts;
pub mod coql;
mod crm;
pub mod error;
pub mod fields;
pub mod hook;
pub mod matters;
pub mod rows;
pub mod sweep;

pub use api::Api;
pub use crm::VENDOR;
pub use error::read_error;
