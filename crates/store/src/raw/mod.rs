//! Provider events as they were received: stored once, then worked off lane by lane.
//!
//! A stored event is pending or waiting until it ends as exactly one of processed, duplicate or quarantined. Events
//! refused as duplicates on arrival are not stored, only counted.

mod accept;
mod keep;
mod work;

pub use accept::{Accepted, NewRawEvent};
pub use work::{Finish, Finished, Pending};

use crate::error::Result;
use crate::store::Store;
use rapport_core::{Ms, WorkspaceId};

/// What sort of event it is; statuses are most of them and have their own lean path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A message from a customer.
    Message,
    /// A delivery report.
    Status,
    /// A message the owner sent from the phone app.
    Echo,
    /// Anything else.
    Other,
}

impl Kind {
    /// The number that is stored.
    #[must_use]
    pub fn code(self) -> i16 {
        match self {
            Self::Message => 0,
            Self::Status => 1,
            Self::Echo => 2,
            Self::Other => 3,
        }
    }

    /// Reads a stored number.
    #[must_use]
    pub fn parse(code: i16) -> Self {
        match code {
            0 => Self::Message,
            1 => Self::Status,
            2 => Self::Echo,
            _ => Self::Other,
        }
    }
}

pub(crate) const PENDING: i16 = 0;
pub(crate) const PROCESSED: i16 = 1;
pub(crate) const DUPLICATE: i16 = 2;
pub(crate) const QUARANTINED: i16 = 3;
pub(crate) const WAITING: i16 = 4;

/// The installation-wide door to raw events: what a committer or a lane worker sees.
#[derive(Clone)]
pub struct RawEvents {
    store: Store,
}

impl Store {
    /// Raw events of all workspaces, for the committer and the lane workers.
    #[must_use]
    pub fn raw(&self) -> RawEvents {
        RawEvents { store: self.clone() }
    }
}

impl RawEvents {
    /// Stores a batch in one transaction and says of each event, in the same order, whether it is new. Channels and
    /// workspaces may be mixed. The counters `received` and `duplicates` of each channel move in the same transaction.
    ///
    /// # Errors
    /// What the database said; then nothing is stored and nothing may be acknowledged.
    pub async fn accept(&self, batch: &[NewRawEvent]) -> Result<Vec<Accepted>> {
        accept::accept(&self.store, batch).await
    }

    /// The oldest pending events of the lanes, oldest first, with their bodies unpacked.
    ///
    /// # Errors
    /// What the database said.
    pub async fn pending(&self, lanes: &[u16], limit: usize) -> Result<Vec<Pending>> {
        work::pending(&self.store, lanes, limit).await
    }

    /// How many events are pending or waiting, at most `cap` counted.
    ///
    /// # Errors
    /// What the database said.
    pub async fn backlog(&self, cap: u32) -> Result<u64> {
        work::backlog(&self.store, cap).await
    }

    /// Makes events pending again whose waiting time is over, at most `limit`. Returns how many.
    ///
    /// # Errors
    /// What the database said.
    pub async fn expire_waiting(&self, now: Ms, limit: usize) -> Result<u64> {
        work::expire_waiting(&self.store, now, limit).await
    }

    /// Makes events pending again that wait for a message which is here now, at most `limit`. Returns how many.
    ///
    /// # Errors
    /// What the database said.
    pub async fn wake_found(&self, limit: usize) -> Result<u64> {
        work::wake_found(&self.store, limit).await
    }

    /// Deletes processed and duplicate events of a workspace received before a moment, at most `limit`; they stay in
    /// the counts. Returns how many. Quarantined events are kept until a person decides.
    ///
    /// # Errors
    /// What the database said.
    pub async fn purge(&self, workspace: WorkspaceId, before: Ms, now: Ms, limit: usize) -> Result<u64> {
        keep::purge(&self.store, workspace, before, now, limit).await
    }
}
