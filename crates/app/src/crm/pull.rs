//! Taking over what changed over there.

mod page;

use super::open::Open;
use crate::error::Result;
use crate::jobs::Outcome;
use crate::state::App;
use rapport_connectors::crm::RemoteRecord;
use rapport_core::matter::Object;
use rapport_core::time::MINUTE;
use rapport_core::{ConnectionId, WorkspaceId};
use rapport_store::connection::ACTIVE;
use rapport_store::job::Claimed;
use rapport_store::link;

/// Records of one transaction: short enough that messages do not wait for it.
const PAGE: usize = 50;
/// How often a page is tried again when another transaction was faster.
const TRIES: usize = 3;

/// What became of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    /// Read.
    pub read: usize,
    /// Contacts whose fields changed.
    pub changed: usize,
    /// Contacts made.
    pub created: usize,
    /// Contacts that found their record.
    pub linked: usize,
    /// Whether jobs were made.
    pub jobs: usize,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.read += other.read;
        self.changed += other.changed;
        self.created += other.created;
        self.linked += other.linked;
        self.jobs += other.jobs;
    }

    /// Whether anything was done about them.
    pub(crate) fn any(&self) -> bool {
        self.changed + self.created + self.linked > 0
    }
}

/// Performs a `PullRecord` job: something about this record changed, as a webhook said.
///
/// # Errors
/// `Store`, `Vault`.
pub async fn one(
    app: &App,
    workspace: WorkspaceId,
    connection: ConnectionId,
    object: &str,
    remote_id: &str,
    claimed: &Claimed,
) -> Result<Outcome> {
    let matter = Object::parse(object);
    if object != super::CONTACT && matter.is_none() {
        return Ok(Outcome::Done);
    }
    let Some(open) = Open::load(app, workspace, connection).await? else { return Ok(Outcome::Done) };
    let now = app.now();
    if open.row.status != ACTIVE {
        return Ok(Outcome::Again { at: now.plus(5 * MINUTE) });
    }
    if let Some(object) = matter {
        return crate::matter::look::one(app, &open, object, remote_id, claimed).await;
    }
    let found = match open.remote.get(remote_id).await {
        Ok(found) => found,
        Err(trouble) => return open.outcome(app, &trouble, claimed.attempt, claimed.created_at).await,
    };
    let record = match found {
        Some(mut record) => {
            if let Some(survivor) = record.merged_into.take() {
                record.former.push(std::mem::replace(&mut record.id, survivor));
            }
            record
        }
        None => RemoteRecord { id: remote_id.to_owned(), archived: true, ..RemoteRecord::default() },
    };
    apply(app, &open, &[record]).await?;
    Ok(Outcome::Done)
}

/// Takes over records as they now are over there. Those whose version is known are passed by without a write.
///
/// # Errors
/// `Store`.
pub(crate) async fn apply(app: &App, open: &Open, records: &[RemoteRecord]) -> Result<Tally> {
    let fresh = fresh(app, open, records).await?;
    Ok(Tally { read: records.len(), ..take(app, open, &fresh).await? })
}

/// [`apply`] for records of which it is known that they tell something new.
///
/// # Errors
/// `Store`.
pub(crate) async fn take(app: &App, open: &Open, records: &[RemoteRecord]) -> Result<Tally> {
    let mut tally = Tally { read: records.len(), ..Tally::default() };
    for part in records.chunks(PAGE) {
        tally.add(patient(app, open, part).await?);
    }
    if tally.any() {
        app.feeds.wake();
    }
    if tally.jobs > 0 {
        app.bells.jobs.ring();
    }
    Ok(tally)
}

/// A page that keeps clashing with others is taken record by record; one that still clashes is left for the next look.
async fn patient(app: &App, open: &Open, records: &[RemoteRecord]) -> Result<Tally> {
    let mut tries = 0;
    loop {
        match page::apply(app, open, records).await {
            Ok(tally) => return Ok(tally),
            Err(crate::Error::Store(error)) if error.is_conflict() => {
                tries += 1;
                if tries < TRIES {
                    continue;
                }
                if records.len() == 1 {
                    tracing::warn!(connection = %open.id, record = %records[0].id, %error, "a CRM record is left for later");
                    open.line.unsee();
                    return Ok(Tally::default());
                }
                let mut tally = Tally::default();
                for record in records {
                    tally.add(Box::pin(patient(app, open, std::slice::from_ref(record))).await?);
                }
                return Ok(tally);
            }
            Err(error) => {
                // Not taken over, so not seen either.
                open.line.unsee();
                return Err(error);
            }
        }
    }
}

/// Records that tell something new: neither the version we saw last, nor an older one from a lagging index.
async fn fresh(app: &App, open: &Open, records: &[RemoteRecord]) -> Result<Vec<RemoteRecord>> {
    let read = app.store.workspace(open.workspace).read();
    let ids: Vec<String> =
        records.iter().flat_map(|record| record.former.iter().chain([&record.id]).cloned()).collect();
    let links = link::by_remote(&read, open.id, super::CONTACT, &ids).await?;
    // Somebody is still linked to a record that was merged into this one.
    let is_followed = |record: &RemoteRecord| {
        links.iter().any(|link| link.deleted_at.is_none() && record.former.contains(&link.remote_id))
    };
    let coarse = open.remote.resolution_ms() > 1;
    let is_fresh = |record: &&RemoteRecord| {
        let known = links.iter().find(|link| link.remote_id == record.id);
        match (known, record.updated_at) {
            _ if !record.archived && is_followed(record) => true,
            (Some(link), _) if record.archived != link.deleted_at.is_some() => true,
            (Some(_), _) if record.archived => false,
            // Where stamps are whole seconds, an equal one may be a second change: the fields tell.
            (Some(link), Some(at)) => super::place::stamp(link).is_none_or(|seen| at > seen || (coarse && at == seen)),
            (None, Some(at)) => !open.line.saw(&record.id, at.0),
            (_, None) => true,
        }
    };
    Ok(records.iter().filter(is_fresh).cloned().collect())
}
