//! Webhooks of a CRM, whoever sends them: hints which records to fetch again.

use crate::secret::Secret;
use rapport_core::matter::Object;
use rapport_core::time::Ms;

/// A delivery as it came in.
#[derive(Debug, Clone, Copy)]
pub struct HookCall<'a> {
    /// Method, upper case.
    pub method: &'a str,
    /// The full address that was called, query included: behind a proxy that is the public one.
    pub uri: &'a str,
    /// Raw body.
    pub body: &'a [u8],
    /// Headers that came exactly once; names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
}

impl<'a> HookCall<'a> {
    /// The header of this name (lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| *value)
    }
}

/// Where changes are to be told, for vendors that are asked for that over their API.
#[derive(Debug, Clone, Copy)]
pub struct Channel<'a> {
    /// What tells it from others of the account; the same each time it is asked for.
    pub number: u64,
    /// The address that is called.
    pub url: &'a str,
    /// What proves a call.
    pub secret: &'a Secret,
}

/// Why a delivery is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A header is missing.
    #[error("no signature or timestamp header")]
    Missing,
    /// A header cannot be read.
    #[error("malformed signature or timestamp header")]
    Malformed,
    /// Older than five minutes, or from the future.
    #[error("timestamp out of range")]
    Stale,
    /// No secret is configured.
    #[error("no client secret configured")]
    NoSecret,
    /// Signed with another secret or for another address, or changed on the way.
    #[error("signature does not match")]
    Mismatch,
}

/// What happened to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookOp {
    /// Created.
    Created,
    /// A property changed.
    Changed {
        /// Property name; empty when not told.
        property: String,
        /// New value.
        value: String,
    },
    /// Deleted.
    Deleted,
    /// Deleted for privacy: erase ours too.
    PrivacyDeleted,
    /// Restored.
    Restored,
    /// Merged; the survivor may have a new id.
    Merged {
        /// The id that lives on.
        into: String,
        /// The ids that are gone.
        from: Vec<String>,
    },
    /// Associations changed, or a topic we do not know.
    Other(String),
}

/// One hint: fetch this record again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// A deal or a case; a contact when absent.
    pub object: Option<Object>,
    /// Record id.
    pub id: String,
    /// What happened.
    pub op: HookOp,
    /// When.
    pub at: Option<Ms>,
}
