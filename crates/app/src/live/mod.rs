//! What browsers hear: the event log as it grows, and passing things (typing, presence) that are never stored.
//!
//! One reader per workspace follows the log and passes entries on; a subscriber first reads from its own cursor to
//! where the reader stands, so a reconnect misses nothing. A subscriber that cannot keep up reads from the log again.

pub mod events;
pub mod others;
mod seats;

use crate::error::Result;
use crate::wake::Bell;
use rapport_core::WorkspaceId;
use rapport_store::Store;
use rapport_store::feed::{self, Cursor, Entry};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

pub use seats::{Seat, Seats};

/// Entries a slow subscriber may lag behind before it reads from the log.
const BUFFER: usize = 1_024;
/// How often the log is read when nobody rings: what other nodes committed appears within this time.
const POLL: Duration = Duration::from_millis(250);
/// Entries read at once.
const PAGE: u64 = 500;

/// Something a browser hears.
#[derive(Debug, Clone)]
pub enum Live {
    /// An entry of the log.
    Entry(Arc<Entry>),
    /// A passing thing: kind and data; it has no place in the log.
    Passing(&'static str, Arc<Value>),
    /// The log does not reach back to the cursor: load everything afresh, then go on from here.
    Reset(Cursor),
}

/// All feeds of the installation. Cheap to clone.
#[derive(Clone)]
pub struct Feeds {
    store: Store,
    bell: Bell,
    stop: CancellationToken,
    open: Arc<Mutex<HashMap<WorkspaceId, broadcast::Sender<Live>>>>,
    /// The way to other nodes.
    out: others::Out,
    /// Who may listen how often.
    pub seats: Seats,
}

impl Feeds {
    /// No reader runs until somebody subscribes.
    #[must_use]
    pub fn new(store: Store, stop: CancellationToken) -> Self {
        let (bell, out) = (Bell::default(), others::Out::default());
        Self { store, bell, stop, open: Arc::default(), out, seats: Seats::default() }
    }

    /// Something was committed: readers look at once.
    pub fn wake(&self) {
        self.bell.ring();
    }

    /// Tells everybody who listens now, on other nodes too; nothing is stored.
    pub fn pass(&self, workspace: WorkspaceId, kind: &'static str, data: Value) {
        self.out.send(self.store.node_id(), workspace, kind, &data);
        self.pass_here(workspace, kind, data);
    }

    /// Tells everybody who listens on this node.
    fn pass_here(&self, workspace: WorkspaceId, kind: &'static str, data: Value) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = open.get(&workspace) {
            let _ = sender.send(Live::Passing(kind, Arc::new(data)));
        }
    }

    /// Follows a workspace's feed from a cursor, or from now.
    ///
    /// # Errors
    /// What the store said.
    pub async fn subscribe(&self, workspace: WorkspaceId, from: Option<Cursor>) -> Result<Subscription> {
        let read = self.store.workspace(workspace).read();
        // A reader that starts now starts at this head, taken before the subscriber catches up: what is committed in
        // between is in both, and handed out once.
        let head = feed::head(&read).await?;
        let live = self.join(workspace, head);
        let cursor = from.unwrap_or(head);
        Ok(Subscription { store: self.store.clone(), workspace, cursor, live, behind: true, ready: Default::default() })
    }

    fn join(&self, workspace: WorkspaceId, head: Cursor) -> broadcast::Receiver<Live> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = open.get(&workspace) {
            return sender.subscribe();
        }
        let (sender, receiver) = broadcast::channel(BUFFER);
        open.insert(workspace, sender.clone());
        tokio::spawn(self.clone().follow(workspace, head, sender));
        receiver
    }

    /// Reads the log for everybody until nobody listens.
    async fn follow(self, workspace: WorkspaceId, head: Cursor, sender: broadcast::Sender<Live>) {
        let mut bell = self.bell.listen();
        let read = self.store.workspace(workspace).read();
        let mut cursor = head;
        while !self.stop.is_cancelled() {
            match pass_on(&read, cursor, &sender).await {
                Ok(next) => cursor = next,
                Err(error) => tracing::warn!(%error, "the event log cannot be read"),
            }
            tokio::select! {
                () = bell.heard() => {}
                () = tokio::time::sleep(POLL) => {}
                () = self.stop.cancelled() => {}
            }
            // Under the lock, so that nobody joins a reader that is about to end.
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            if sender.receiver_count() == 0 {
                open.remove(&workspace);
                return;
            }
        }
    }
}

async fn pass_on(
    read: &rapport_store::Read,
    mut cursor: Cursor,
    sender: &broadcast::Sender<Live>,
) -> rapport_store::Result<Cursor> {
    loop {
        let page = feed::after(read, cursor, PAGE).await?;
        let full = page.entries.len() as u64 == PAGE;
        cursor = page.next;
        for entry in page.entries {
            let _ = sender.send(Live::Entry(Arc::new(entry)));
        }
        if !full {
            return Ok(cursor);
        }
    }
}

/// One listener's place in a feed.
pub struct Subscription {
    store: Store,
    workspace: WorkspaceId,
    cursor: Cursor,
    live: broadcast::Receiver<Live>,
    behind: bool,
    ready: std::collections::VecDeque<Live>,
}

impl Subscription {
    /// Where it stands: everything up to here was handed out.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// The next thing; waits for it. `None` when the feed ends because the process stops.
    ///
    /// # Errors
    /// What the store said while catching up; the subscription can go on afterwards.
    pub async fn next(&mut self) -> Result<Option<Live>> {
        loop {
            if let Some(one) = self.ready.pop_front() {
                return Ok(Some(one));
            }
            if self.behind {
                self.catch_up().await?;
                continue;
            }
            match self.live.recv().await {
                Ok(Live::Entry(entry)) if entry.cursor <= self.cursor => {}
                Ok(Live::Entry(entry)) => {
                    self.cursor = entry.cursor;
                    return Ok(Some(Live::Entry(entry)));
                }
                Ok(passing) => return Ok(Some(passing)),
                Err(broadcast::error::RecvError::Lagged(_)) => self.behind = true,
                Err(broadcast::error::RecvError::Closed) => return Ok(None),
            }
        }
    }

    /// Reads one page from the log; the last, short one ends catching up.
    async fn catch_up(&mut self) -> Result<()> {
        let read = self.store.workspace(self.workspace).read();
        let page = feed::after(&read, self.cursor, PAGE).await?;
        self.behind = page.entries.len() as u64 == PAGE;
        if page.reset {
            self.ready.push_back(Live::Reset(page.next));
        }
        self.cursor = page.entries.last().map_or(if page.reset { page.next } else { self.cursor }, |last| last.cursor);
        self.ready.extend(page.entries.into_iter().map(|entry| Live::Entry(Arc::new(entry))));
        Ok(())
    }
}
