//! Values every CRM connector returns (`crm-apis.md` §14).

use rapport_core::time::Ms;
use std::collections::BTreeMap;
use std::time::Duration;

/// A record of a remote system, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RemoteRecord {
    /// Remote id: the one asked for when the record was merged away, else its own.
    pub id: String,
    /// Property values as text; null is the empty text.
    pub properties: BTreeMap<String, String>,
    /// The vendor's modified stamp; compare only with other stamps of the same record.
    pub updated_at: Option<Ms>,
    /// Deleted (restorable for a while).
    pub archived: bool,
    /// The id under which the record lives on, when it was merged into another one.
    pub merged_into: Option<String>,
}

/// What kind of refusal it was; every vendor's codes are mapped to these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// The token is invalid, expired or withdrawn: pause and alert.
    AuthExpired,
    /// The token lacks a scope.
    ForbiddenScope,
    /// Too many calls in a short time: wait `retry_after` or the interval.
    RateLimited,
    /// The day's calls are used up.
    QuotaExhausted,
    /// The record exists already (`existing_id` when told).
    Conflict,
    /// There is no such record.
    NotFound,
    /// A value is refused; `fields` says which. Not repeated until something changes.
    Invalid,
    /// The record is being changed by someone else: try again soon.
    Locked,
    /// Trouble on the vendor's side: try again with growing pauses.
    Transient,
}

/// One refused property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Property name; empty when not told.
    pub field: String,
    /// Vendor's code, for example `READ_ONLY_VALUE`.
    pub code: String,
    /// Vendor's words.
    pub message: String,
}

/// A refused call or row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{class:?} (HTTP {status}): {message}")]
pub struct CrmError {
    /// HTTP status of the call.
    pub status: u16,
    /// What kind.
    pub class: ErrorClass,
    /// Vendor's category word.
    pub category: Box<str>,
    /// Vendor's words, at most 500 characters.
    pub message: String,
    /// Vendor's id of the call, for support cases.
    pub correlation_id: Option<Box<str>>,
    /// How long to wait.
    pub retry_after: Option<Duration>,
    /// The record already there, for conflicts.
    pub existing_id: Option<Box<str>>,
    /// Which properties are refused.
    pub fields: Vec<FieldError>,
}
