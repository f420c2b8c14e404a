//! Salesforce (`crm-apis.md` §2): contacts, opportunities and cases, over the REST API.

pub mod api;
pub mod contacts;
mod crm;
pub mod error;
pub mod key;
pub mod matters;
pub mod soql;

pub use api::Api;
pub use crm::VENDOR;
pub use error::{read_error, read_limits};
