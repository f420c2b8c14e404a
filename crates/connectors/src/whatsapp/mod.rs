//! WhatsApp Business Platform, Cloud API (`whatsapp-cloud-api.md`).
//!
//! Inbound: [`signature::verify`], [`split::split`], [`decode::decode`]. Outbound: [`send::message`] and
//! [`outcome::read_send_response`]. The rest serves set-up, templates and files.

pub mod api;
pub mod blocks;
pub mod decode;
pub mod error_table;
pub mod errors;
pub mod media;
pub mod numbers;
pub mod outcome;
pub mod profile;
pub mod qr;
pub mod registration;
pub mod send;
pub mod signature;
pub mod split;
pub mod template_library;
pub mod templates;

pub use crate::json::BadBody;
pub use api::{Api, ApiError, Invalid};
pub use decode::{DecodeError, decode};
pub use errors::{ErrorInfo, RetryClass, meaning};
pub use outcome::{SendOutcome, read_send_failure, read_send_response};
pub use split::{RawItem, RawKind, Split, split};
