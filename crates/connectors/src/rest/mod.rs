//! A company's own CRM: whatever speaks HTTP and JSON, as its owner describes it in a form.
//!
//! A [`Description`] says where calls go, where things stand in the answers and how a list goes on. It is data: nothing of
//! it runs, every path and address costs no more than its length, and no call leaves the connection's own address.

mod api;
mod crm;
pub mod description;
mod error;
mod fields;
mod hook;
mod judge;
mod list;
pub mod path;
mod record;
pub mod template;

pub use crm::{KIND, VENDOR};
pub use description::Description;
pub use judge::Problem;
