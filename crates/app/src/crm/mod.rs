//! Keeping contacts in step with a CRM (`product.md` S1-S8, D5; `crm-apis.md` §0).
//!
//! [`push`] brings changes over, [`poll`] and [`pull`] fetch theirs; both read what stands on the other side, let
//! `core::sync::merge` decide field by field, and commit links, audit and feed together. Calls are made outside
//! transactions, are safe to repeat, and share one pace and one breaker a connection ([`line`]), so that a slow or
//! failing CRM delays nothing but itself.
//!
//! Nothing here knows a vendor: what is special to one stands behind `connectors::crm::Crm`, which [`remote`] asks over
//! the line.

pub(crate) mod commit;
pub(crate) mod compare;
pub(crate) mod credentials;
pub(crate) mod fields;
mod find;
pub mod keeper;
pub mod line;
pub(crate) mod open;
mod place;
pub mod poll;
pub mod pull;
pub mod push;
pub(crate) mod remote;
pub(crate) mod settings;
mod token;
mod watch;
mod write;

pub use line::Lines;
pub use settings::SyncSettings;

/// The object kind in mappings, links and logs.
pub const CONTACT: &str = "contact";
