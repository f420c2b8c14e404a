//! One seam for every CRM and help desk that is kept in step (`crm-apis.md` §14).
//!
//! A [`Vendor`] says what a connector is: its kind, the credentials it needs, what it can do, and how to open it.
//! Opened, it is a [`Crm`]: neutral questions, each of which makes as many calls as the vendor's API needs for it. A
//! connector makes no call itself: it asks the [`Wire`], which waits for a turn, keeps the limits and repeats what was
//! lost. So builders and readers stay sans-I/O, and everybody's pace and breaker stand in one place.
//!
//! | step | function | tells |
//! | --- | --- | --- |
//! | sign in | [`OAuth`] | a token of limited life, where the vendor gives no other |
//! | connect | [`Crm::account`], [`Crm::key`], [`Crm::describe`] | whose account it is, that our key can be kept, which fields there are |
//! | who is it? | [`Crm::read_by`] key, e-mail or id, [`Crm::by_phone`] | candidates, never a choice among several |
//! | write | [`Crm::upsert`], [`Crm::update`] | a result for each row |
//! | what changed? | [`Crm::changes`], [`Crm::deleted`], [`Crm::get`] | records, and the place to go on from |
//! | tell us | [`Crm::watch`] | until when it does, where the API is asked for that |
//! | deals and cases | [`Crm::matters`] | the same for what is kept beside contacts ([`matter`]) |
//! | a webhook comes | [`Vendor::verify`], [`Vendor::hints`] | which records to fetch again |

pub(crate) mod answer;
mod hook;
pub mod matter;
pub mod name;
pub mod oauth;
pub(crate) mod rows;
mod seam;
pub(crate) mod tags;
mod value;
mod vendor;

pub use hook::{Channel, Hint, HookCall, HookOp, SignatureError};
pub use matter::{Matters, RemoteMatter, Writing};
pub use oauth::{Grant, OAuth};
pub use seam::{Answer, Ask, By, Changes, Crm, Next, Pace, Rest, Told, Trouble, Wire};
pub use value::{
    Account, BatchResult, CrmError, ErrorClass, FieldError, KeyState, Properties, Property, RemoteRecord, RowError,
    RowOk, UpsertRow,
};
pub use vendor::{Access, Address, Capabilities, Credential, Seed, VENDORS, Vendor, vendor};
