//! HubSpot CRM (`crm-apis.md` §1).

pub mod api;
mod crm;
pub mod error;
pub mod hook;
pub mod matters;
pub mod properties;
pub mod records;
pub mod search;
pub mod sweep;

pub use api::{Api, Version, Versions};
pub use crm::VENDOR;
pub use error::{Limits, read_error, read_limits};
pub use hook::{HookEvent, HookRequest};
pub use properties::KEY_PROPERTY;
pub use search::SearchPage;
pub use sweep::{Step, Sweep};
