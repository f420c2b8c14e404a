//! Connections as people and programs manage them: connect a CRM, map fields, watch how it fares, repair it.

pub mod add;
pub mod change;
pub mod check;
pub mod conflict;
pub mod dead;
pub mod described;
pub mod health;
pub mod hook;
pub mod kinds;
pub mod mapping;
pub(crate) mod secret;
pub mod trial;
pub mod view;

pub use add::{NewConnection, add};
pub use change::{ConnectionPatch, change, remove, sync};
pub use check::check;
pub use described::description;
pub use kinds::{CredentialView, KindView, kinds};
pub use mapping::{FieldSide, FieldView, MappingView, fields, mappings, set_mappings};
pub use trial::{NewTrial, TrialView, trial};
pub use view::{ConnectionView, get, list};
