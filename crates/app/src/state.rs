//! What every use case can reach: the store, time, ids, the outside world, secrets.

use crate::auth::Gate;
use crate::auth::password::Cost;
use crate::channel::Channels;
use crate::clock::{Clock, Ids};
use crate::error::{Error, Result};
use crate::ingest::Acceptor;
use crate::ingest::pace::Pace;
use crate::live::Feeds;
use crate::pulse::Pulse;
use crate::vault::{Vault, WorkspaceKey};
use crate::wake::Bell;
use rapport_connectors::http::Executor;
use rapport_connectors::provider::practice::Stage;
use rapport_core::{Ms, WorkspaceId};
use rapport_store::Store;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use tokio_util::sync::CancellationToken;

/// Settings that use cases need; the rest of the configuration stays in the server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people and providers reach this installation, without a trailing slash: `https://chat.shop.example`.
    pub public_url: String,
    /// Where files are kept (media, the key file, the embedded database).
    pub data_dir: PathBuf,
    /// Largest media file that is taken, bytes.
    pub max_media_bytes: u64,
    /// How hard password hashing is.
    pub password_cost: Cost,
}

impl Settings {
    /// Whether people reach the installation over TLS; cookies are then `Secure`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The address providers deliver a channel's or connection's webhooks to.
    #[must_use]
    pub fn webhook_url(&self, vendor: &str, id: uuid::Uuid) -> String {
        format!("{}/webhooks/{vendor}/{id}", self.public_url)
    }
}

/// What an [`App`] is made of.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Ids and randomness.
    pub ids: Arc<dyn Ids>,
    /// The outside world.
    pub http: Arc<dyn Executor>,
    /// Secrets at rest.
    pub vault: Vault,
    /// Settings.
    pub settings: Settings,
    /// Cancelled when the process stops; workers end when it is.
    pub shutdown: CancellationToken,
}

/// The application. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What an [`App`] holds; reached through it.
pub struct Inner {
    /// The database.
    pub store: Store,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Ids and randomness.
    pub ids: Arc<dyn Ids>,
    /// The outside world.
    pub http: Arc<dyn Executor>,
    /// Secrets at rest.
    pub vault: Arc<Vault>,
    /// Settings.
    pub settings: Settings,
    /// Cancelled when the process stops.
    pub shutdown: CancellationToken,
    /// Sign-in: password hashing and limits.
    pub gate: Gate,
    /// Signs of life of background workers.
    pub pulse: Pulse,
    /// Channels as the hot paths see them.
    pub channels: Channels,
    /// What is observed of channels that have a standby.
    pub routes: crate::route::Ears,
    /// What happened at the doors of channels and is not written yet.
    pub tally: crate::channel::tally::Tally,
    /// How far campaigns had come when they were last counted.
    pub counts: crate::campaign::counts::Counts,
    /// What browsers hear.
    pub feeds: Feeds,
    /// How this process talks to CRMs: pace and breaker a connection.
    pub lines: crate::crm::Lines,
    /// How often customers are shown that somebody is typing.
    pub typing: crate::inbox::typing::Throttle,
    /// Who has which conversation open.
    pub looking: crate::push::Looking,
    /// Wakes workers of this process; what other nodes commit is found by polling.
    pub bells: Bells,
    /// Whether background work must give way to arriving events.
    pub pace: Pace,
    /// The way in for events; there once the workers run.
    pub acceptor: OnceLock<Acceptor>,
}

/// The bells that workers listen to.
#[derive(Debug, Clone, Default)]
pub struct Bells {
    /// Events were stored.
    pub events: Bell,
    /// Jobs were enqueued.
    pub jobs: Bell,
    /// A campaign was started, paused, resumed or cancelled.
    pub campaigns: Bell,
    /// Messages were queued for sending.
    pub send: Bell,
    /// Messages were stored that search does not know yet.
    pub search: Bell,
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}

impl App {
    /// Puts the parts together. Starts nothing.
    ///
    /// # Errors
    /// `Internal` when the password cost is out of range.
    pub fn new(parts: Parts) -> Result<Self> {
        let Parts { store, clock, ids, http, vault, settings, shutdown } = parts;
        let gate = Gate::new(settings.password_cost, &vault, ids.as_ref())?;
        let vault = Arc::new(vault);
        let http: Arc<dyn Executor> = Arc::new(Stage::before(http));
        let channels = Channels::new(store.clone(), vault.clone(), clock.clone());
        let feeds = Feeds::new(store.clone(), shutdown.clone());
        let lines = crate::crm::Lines::new(clock.clone());
        Ok(Self(Arc::new(Inner {
            store,
            clock,
            ids,
            http,
            vault,
            settings,
            shutdown,
            gate,
            pulse: Pulse::default(),
            channels,
            routes: crate::route::Ears::default(),
            tally: crate::channel::tally::Tally::default(),
            counts: crate::campaign::counts::Counts::default(),
            feeds,
            lines,
            typing: crate::inbox::typing::Throttle::default(),
            looking: crate::push::Looking::default(),
            bells: Bells::default(),
            pace: Pace::default(),
            acceptor: OnceLock::new(),
        })))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Ms {
        self.clock.now()
    }

    /// The workspace's key, from memory or unwrapped from its row.
    ///
    /// # Errors
    /// `NotFound` when there is no such workspace, `Vault` when its key cannot be opened, `Store`.
    pub async fn key(&self, workspace: WorkspaceId) -> Result<WorkspaceKey> {
        workspace_key(&self.store, &self.vault, workspace).await
    }
}

/// The workspace's key, from memory or unwrapped from its row.
pub(crate) async fn workspace_key(store: &Store, vault: &Vault, workspace: WorkspaceId) -> Result<WorkspaceKey> {
    if let Some(key) = vault.unlocked(workspace) {
        return Ok(key);
    }
    let read = store.workspace(workspace).read();
    let row = rapport_store::workspace::get(&read).await?.ok_or(Error::NotFound("workspace"))?;
    Ok(vault.unlock(workspace, &crate::account::workspace::wrapped_key(&row)?)?)
}
