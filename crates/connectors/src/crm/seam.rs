//! What the sync asks of a CRM, and what a CRM asks of whoever makes its calls.

use super::hook::{Channel, Hint, HookCall, SignatureError};
use super::matter::Matters;
use super::oauth::OAuth;
use super::value::{
    Account, BatchResult, CrmError, ErrorClass, KeyState, Properties, Property, RemoteRecord, UpsertRow,
};
use super::vendor::{Seed, Vendor};
use crate::http::{Failure, Request, Response};
use crate::json::BadBody;
use futures::future::BoxFuture;
use rapport_core::retry::Fault;
use rapport_core::time::Ms;
use serde_json::Value;
use std::time::Duration;

/// Which of a vendor's limits a call counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pace {
    /// Calls in general.
    Call,
    /// Searches, where they are counted for themselves.
    Search,
    /// Reading everything that changed, where that is counted for itself.
    Export,
}

/// What an answer's headers say about the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// Calls a day, and left today.
    pub day: Option<(u64, u64)>,
    /// Calls in a span, as the account may make them.
    pub most: Option<(u64, Duration)>,
    /// Nothing is left of the present span: no call before this time has passed.
    pub spent: Option<Duration>,
}

/// For how long nothing is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// For how long.
    pub time: Duration,
    /// The line rests after failures; otherwise its pace is the reason.
    pub broken: bool,
}

/// Why a question was not answered.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Trouble {
    /// It was refused.
    #[error("{0}")]
    Refused(Box<CrmError>),
    /// There was no answer.
    #[error("{0}")]
    Silent(Failure),
    /// Nothing was asked: the line rests after failures, or its pace would make us wait for long.
    #[error("{}", if .0.broken { "the CRM does not answer; it is given a rest" } else { "the CRM's limit of calls is used up for now" })]
    Resting(Rest),
}

impl Trouble {
    /// What it means for trying again.
    #[must_use]
    pub fn fault(&self, now: Ms) -> Fault {
        let after = |wait: Duration| Some(now.plus(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)));
        match self {
            Self::Resting(rest) if !rest.broken => Fault::RateLimited { until: after(rest.time) },
            Self::Resting(_) | Self::Silent(Failure::NotSent(_)) => Fault::Transient,
            Self::Silent(Failure::Ambiguous(_)) => Fault::Ambiguous,
            Self::Silent(Failure::Blocked(_)) => Fault::Unauthorised,
            Self::Refused(error) => match error.class {
                ErrorClass::AuthExpired | ErrorClass::ForbiddenScope => Fault::Unauthorised,
                ErrorClass::RateLimited | ErrorClass::QuotaExhausted | ErrorClass::Locked => {
                    Fault::RateLimited { until: error.retry_after.and_then(after) }
                }
                ErrorClass::Transient => Fault::Transient,
                ErrorClass::Conflict | ErrorClass::NotFound | ErrorClass::Invalid => Fault::Permanent,
            },
        }
    }

    /// What kind of refusal it was.
    #[must_use]
    pub fn class(&self) -> Option<ErrorClass> {
        match self {
            Self::Refused(error) => Some(error.class),
            _ => None,
        }
    }
}

impl From<CrmError> for Trouble {
    fn from(error: CrmError) -> Self {
        Self::Refused(Box::new(error))
    }
}

/// An answer to a question.
pub type Answer<T> = Result<T, Trouble>;
/// An answer that is being found.
pub type Ask<'a, T> = BoxFuture<'a, Answer<T>>;

/// Makes a connector's calls: waits for their turn, and repeats what was lost. Every [`Wire::call`] may be made twice.
pub trait Wire: Send + Sync {
    /// Makes a call. Limits and trouble over there come as [`Trouble`]; every other answer, refusals too, is returned.
    fn call(&self, request: Request, pace: Pace) -> Ask<'_, Response>;

    /// Makes a call that must not be made twice: what was lost is not repeated, but for a call that never went out or was
    /// held back by a limit. Whoever asks again looks first.
    fn once(&self, request: Request, pace: Pace) -> Ask<'_, Response>;

    /// Lets time pass before something is asked again.
    fn pause(&self, time: Duration) -> BoxFuture<'_, ()>;
}

/// What records are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Their own id.
    Id,
    /// Our key.
    Key,
    /// The main e-mail address.
    Email,
}

/// A page of what changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// Records as they now are; deleted ones too where the vendor tells of them here.
    pub records: Vec<RemoteRecord>,
    /// What comes after it.
    pub next: Next,
}

/// What comes after a page of changes.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Ask again from this place; it can be stored.
    More(Value),
    /// All is read.
    Done {
        /// Latest stamp seen, or the start when nothing was: the next look begins a lag before it.
        up_to: Ms,
        /// The place to go on from instead, where the vendor keeps one that misses nothing.
        resume: Option<Value>,
    },
}

/// A CRM or help desk, opened: contacts, asked for and written. Object-safe, so that the shell holds one `Arc<dyn Crm>`.
///
/// Nothing about records is remembered between questions. Each question may be asked again.
pub trait Crm: Send + Sync {
    /// What connector this is.
    fn vendor(&self) -> &'static Vendor;

    /// How its tokens are fetched, where they are of limited life.
    fn oauth(&self) -> Option<OAuth> {
        self.vendor().oauth.clone()
    }

    /// The field that keeps our key; empty where there is none, and records are known by their ids alone.
    fn key_name(&self) -> &str {
        self.vendor().capabilities.key
    }

    /// How fine its stamps are, ms.
    fn resolution_ms(&self) -> i64 {
        self.vendor().capabilities.resolution_ms
    }

    /// Mappings of a new connection.
    fn seeds(&self) -> Vec<Seed<'_>> {
        self.vendor().seeds.to_vec()
    }

    /// The account behind the credentials; the cheapest way to try them.
    fn account<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Account>;

    /// The fields of a contact's record.
    fn describe<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Vec<Property>>;

    /// How the field that keeps our key stands; with `create`, it is made when missing.
    fn key<'a>(&'a self, wire: &'a dyn Wire, create: bool) -> Ask<'a, KeyState>;

    /// Records that are there, by these values. One that was merged away comes under the id it lives on with.
    fn read_by<'a>(&'a self, wire: &'a dyn Wire, by: By, values: &'a [String]) -> Ask<'a, Vec<RemoteRecord>>;

    /// One record; `None` when it is gone. The id asked for stays, `merged_into` says where it lives on.
    fn get<'a>(&'a self, wire: &'a dyn Wire, id: &'a str) -> Ask<'a, Option<RemoteRecord>>;

    /// Records with one of these numbers. The flag tells that there may be more than are listed.
    fn by_phone<'a>(&'a self, wire: &'a dyn Wire, spellings: &'a [String]) -> Ask<'a, (Vec<RemoteRecord>, bool)>;

    /// A page of what changed: from a stored place on, else since a stamp of theirs.
    fn changes<'a>(&'a self, wire: &'a dyn Wire, place: Option<&'a Value>, since: Ms) -> Ask<'a, Changes>;

    /// How many records were shown of a list of changes that was longer, as the place says that a look ended with: what
    /// was not shown comes over when it changes again.
    fn beyond(&self, resume: &Value) -> Option<u64> {
        let _ = resume;
        None
    }

    /// A page of deleted records and the cursor of the next one, where [`Crm::changes`] does not tell of them.
    fn deleted<'a>(
        &'a self,
        wire: &'a dyn Wire,
        after: Option<&'a str>,
    ) -> Ask<'a, (Vec<RemoteRecord>, Option<String>)> {
        let _ = (wire, after);
        Box::pin(async { Ok((Vec::new(), None)) })
    }

    /// Creates or updates by our key, each row for itself. At most [`Capabilities::batch`] rows with different keys.
    ///
    /// [`Capabilities::batch`]: super::Capabilities::batch
    fn upsert<'a>(&'a self, wire: &'a dyn Wire, rows: &'a [UpsertRow]) -> Ask<'a, BatchResult>;

    /// Whether [`Crm::upsert`] writes a row whose id is known by that id, and gives it our key: then records that lack the
    /// key are written many at a time, not one by one with [`Crm::update`].
    fn upserts_by_id(&self) -> bool {
        false
    }

    /// Updates a record by its id; with `key`, it is given our key too.
    fn update<'a>(
        &'a self,
        wire: &'a dyn Wire,
        id: &'a str,
        key: Option<&'a str>,
        properties: &'a Properties,
    ) -> Ask<'a, RemoteRecord>;

    /// Asks to be told of changes over a channel until a moment, or on a little longer when it is there already; the
    /// answer tells until when. `None` where that is not asked for over the API.
    fn watch<'a>(&'a self, wire: &'a dyn Wire, channel: Channel<'a>, until: Ms) -> Ask<'a, Option<Ms>> {
        let _ = (wire, channel, until);
        Box::pin(async { Ok(None) })
    }

    /// Deals and cases, where they can be kept here; `None` for those that only know contacts.
    fn matters(&self) -> Option<&dyn Matters> {
        None
    }

    /// Whether a delivery is this CRM's. Any secret may fit.
    ///
    /// # Errors
    /// [`SignatureError`]; nothing of the body should be read then.
    fn verify(&self, secrets: &[&str], call: &HookCall<'_>, now: Ms) -> Result<(), SignatureError> {
        (self.vendor().verify)(secrets, call, now)
    }

    /// What a delivery hints at about contacts.
    ///
    /// # Errors
    /// [`BadBody`] when it is over a limit or not JSON.
    fn hints(&self, body: &[u8]) -> Result<Vec<Hint>, BadBody> {
        (self.vendor().hints)(body)
    }

    /// What an answer says about the limits.
    fn limits(&self, response: &Response) -> Told;

    /// Reads a refusal; `retry_after` is set where waiting helps.
    fn refusal(&self, response: &Response, pace: Pace) -> CrmError;

    /// What a person can do about a refusal that concerns the connection itself.
    fn advice(&self, error: &CrmError) -> Option<String>;
}
