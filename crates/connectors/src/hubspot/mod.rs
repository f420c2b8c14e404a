//! HubSpot CRM (`crm-apis.md` §1).

pub mod api;
pub mod error;
pub mod hook;
pub mod properties;
pub mod records;
pub mod search;
pub mod sweep;

pub use api::{Api, Version, Versions};
pub use error::{Limits, read_error, read_limits};
pub use hook::{HookEvent, HookOp, HookRequest, SignatureError};
pub use properties::{KEY_PROPERTY, Property, PropertyState};
pub use records::{BatchResult, RowError, RowOk, UpsertRow};
pub use search::SearchPage;
pub use sweep::{Step, Sweep};
