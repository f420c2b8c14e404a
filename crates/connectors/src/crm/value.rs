//! Values every CRM connector takes and returns (`crm-apis.md` §14).

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
    /// Our key, as it stands in the record; somebody else's where the vendor's key field is not ours alone.
    pub key: Option<String>,
    /// The main e-mail address, as written over there.
    pub email: Option<String>,
    /// Telephone numbers, as written over there.
    pub phones: Vec<String>,
    /// Ids the record was known by before merges.
    pub former: Vec<String>,
}

/// Values by the vendor's field names; all travel as text, an empty text clears.
pub type Properties = BTreeMap<String, String>;

/// A field of a vendor's records, as its own description names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Internal name.
    pub name: String,
    /// Name for people.
    pub label: String,
    /// string, number, date, datetime, enumeration, bool, phone_number.
    pub kind: String,
    /// Cannot be written (calculated or locked).
    pub read_only: bool,
    /// Holds each value once.
    pub unique: bool,
    /// Internal values of an enumeration.
    pub options: Vec<String>,
}

/// How the field that keeps our key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// There and unique.
    Ready,
    /// Not there: create it.
    Missing,
    /// There but not unique: a person must delete it, uniqueness cannot be added later.
    NotUnique,
}

/// The account a connection calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What tells it from the vendor's other accounts.
    pub id: String,
    /// Begins the address of a record's page; the record's id follows.
    pub record_url: Option<String>,
    /// The vendor's time when it answered.
    pub clock: Option<Ms>,
}

/// A record to be written by our key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpsertRow {
    /// Our key: finds the record, or is given to the new one.
    pub key: String,
    /// The record's id, when it is known to be there.
    pub id: Option<String>,
    /// Changed values; the key itself is added.
    pub properties: Properties,
}

/// A row that was written or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowOk {
    /// The record as it stands now; may hold the written properties only.
    pub record: RemoteRecord,
    /// True when an upsert created it.
    pub created: bool,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// Keys or ids it is about, as sent; empty when the answer does not say.
    pub keys: Vec<String>,
    /// Why.
    pub error: CrmError,
}

/// The answer to a batch: read every row, never only the HTTP status. Order and number may differ from what was sent:
/// match by key, and repeat what is in neither list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BatchResult {
    /// Rows that went well.
    pub ok: Vec<RowOk>,
    /// Rows that did not.
    pub failed: Vec<RowError>,
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

impl CrmError {
    /// Whether it is about this field.
    pub(crate) fn names(&self, field: &str) -> bool {
        self.class == ErrorClass::Invalid && self.fields.iter().any(|told| told.field == field)
    }

    /// A refusal of which only this is known.
    pub(crate) fn new(status: u16, class: ErrorClass, message: impl Into<String>) -> Self {
        Self {
            status,
            class,
            category: Box::default(),
            message: message.into(),
            correlation_id: None,
            retry_after: None,
            existing_id: None,
            fields: Vec::new(),
        }
    }
}
