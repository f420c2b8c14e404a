//! A workspace connected to a stand-in, both in this process, with time of their own.

use super::clock::{START, Time};
use super::stand::Stand;
use super::wire::Wire;
use crate::Result;
use crate::site::Scratch;
use rand::rngs::StdRng;
use rand::{Rng, RngCore, SeedableRng};
use rapport_app::account::setup::{NewWorkspace, create_workspace};
use rapport_app::account::workspace::WorkspacePatch;
use rapport_app::auth::Caller;
use rapport_app::auth::password::Cost;
use rapport_app::clock::{Clock, SeededIds};
use rapport_app::connection::{self, MappingView, NewConnection};
use rapport_app::vault::{MasterKey, Vault};
use rapport_app::{App, Parts, Settings, jobs};
use rapport_core::time::{DAY, MINUTE, SECOND};
use rapport_core::{ConnectionId, ContactId, Ms, WorkspaceId};
use rapport_sandbox::{Config, Handle, Hook, NumberConfig, Sandbox};
use rapport_store::{Options, Store};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

/// Where jobs of CRMs wait.
const QUEUE: &str = "crm";
/// As long as the product's leases of jobs, and a little.
const LEASE: i64 = 5 * MINUTE + SECOND;
/// Most steps between two moments: beyond it something runs in circles.
const STEPS: usize = 200_000;

/// A defect that the product does not have, played around it: the judges must notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// What was written is written once more when it is seen again.
    Echo,
    /// The place up to which changes were read runs ahead of them, nobody tells of any, and nothing is compared.
    LostCursor,
}

/// Whom the actors know, and what they did.
#[derive(Default)]
pub struct Known {
    /// Contacts here.
    pub here: Vec<ContactId>,
    /// Contacts there.
    pub there: Vec<String>,
    /// The next number for names, phones and addresses nobody had before.
    pub next: u32,
    /// Changes made.
    pub changes: u64,
    /// Numbers (digits) that people there gave to several contacts.
    pub doubled: BTreeSet<String>,
    /// What an actor could not do and should have been able to.
    pub wrong: Vec<String>,
    /// Times the process was started anew.
    pub starts: u32,
    /// Webhooks that were handed over, and those that were refused.
    pub hooks: (u64, u64),
}

/// The simulated world.
pub struct World {
    /// Time.
    pub time: Arc<Time>,
    /// The way to the stand-in.
    pub wire: Arc<Wire>,
    /// Its kind.
    pub stand: &'static Stand,
    /// Whoever acts here.
    pub caller: Caller,
    app: Mutex<App>,
    connection: Mutex<ConnectionId>,
    rng: Mutex<StdRng>,
    known: Mutex<Known>,
    arriving: Mutex<UnboundedReceiver<Hook>>,
    /// Webhooks on their way, with the moment they arrive.
    pub(super) mail: Mutex<Vec<(Ms, Hook)>>,
    /// What happens is printed.
    pub is_told: AtomicBool,
    /// Webhooks never arrive.
    pub is_deaf: AtomicBool,
    leases_end: Mutex<Option<Ms>>,
    mutant: Mutex<Option<Mutant>>,
    seed: u64,
    crm: Arc<Handle>,
    // Last, so that the files go after whoever has them open.
    scratch: Scratch,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    /// A workspace and a stand-in that do not know each other yet. `apart`: how far the CRM's clock is ahead of ours, ms.
    pub async fn new(stand: &'static Stand, seed: u64, apart: i64) -> Result<Arc<Self>> {
        let clock = rapport_sandbox::Clock::stopped(START.0 + apart);
        let config = Config { clock: clock.clone(), seed, numbers: Vec::<NumberConfig>::new(), ..Config::default() };
        let crm = Arc::new(Sandbox::start(config).await?);
        let arriving = crm.take_hooks();
        let time = Time::new(clock);
        let scratch = Scratch::swift("sync")?;
        let random = Arc::new(Mutex::new(StdRng::seed_from_u64(seed ^ 0x49_44_53)));
        let url = format!("sqlite://{}", scratch.path().join("rapport.db").display());
        let bytes = move || {
            let mut bytes = [0; 10];
            lock(&random).fill_bytes(&mut bytes);
            bytes
        };
        let store = Store::open(&Options { random: Some(Arc::new(bytes)), ..Options::new(url) }).await?;
        store.migrate().await?;
        let wire = Wire::new(crm.clone(), stand, time.clone(), seed);
        let app = program(&store, &time, &wire, seed, &scratch)?;
        let new = NewWorkspace {
            settings: WorkspacePatch::default(),
            owner_name: "Owner".to_owned(),
            owner_email: "owner@shop.example".to_owned(),
            owner_password: "a long enough passphrase".to_owned(),
        };
        let workspace = WorkspaceId(create_workspace(&app, new).await?.workspace.id);
        let world = Arc::new(Self {
            time,
            wire,
            stand,
            caller: Caller::system(workspace),
            app: Mutex::new(app),
            connection: Mutex::new(ConnectionId(uuid::Uuid::nil())),
            rng: Mutex::new(StdRng::seed_from_u64(seed)),
            known: Mutex::default(),
            arriving: Mutex::new(arriving),
            mail: Mutex::default(),
            is_told: AtomicBool::new(false),
            is_deaf: AtomicBool::new(false),
            leases_end: Mutex::default(),
            mutant: Mutex::default(),
            seed,
            crm,
            scratch,
        });
        world.wire.belongs_to(&world);
        Ok(world)
    }

    /// The product, as it runs at present.
    pub fn app(&self) -> App {
        lock(&self.app).clone()
    }

    /// The connection.
    pub fn connection(&self) -> ConnectionId {
        *lock(&self.connection)
    }

    /// Prints what happens, if anybody wants to know.
    pub fn say(&self, what: impl FnOnce() -> String) {
        if self.is_told.load(Ordering::SeqCst) {
            println!("{:>12} {}", self.time.now().since(START), what());
        }
    }

    /// Whom the actors know.
    pub fn known(&self) -> MutexGuard<'_, Known> {
        lock(&self.known)
    }

    /// Chance.
    pub fn rng(&self) -> MutexGuard<'_, StdRng> {
        lock(&self.rng)
    }

    /// A number nobody had before.
    pub fn number(&self) -> u32 {
        let mut known = self.known();
        known.next += 1;
        known.next
    }

    /// Connects the two, with what is usual and one field of the business's own, and webhooks.
    pub async fn connect(&self) -> Result<()> {
        let lag = self.rng().random_range(0..60_000);
        let mut limits = json!({});
        for name in self.stand.lags {
            limits[self.stand.kind][*name] = lag.into();
        }
        self.wire.control("POST", "/_sandbox/limits", &limits).await?;
        let app = self.app();
        let credentials = self.stand.credentials.iter();
        let new = NewConnection {
            kind: self.stand.kind.to_owned(),
            credentials: credentials.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            // Not on this machine: paces and pauses are those of real ones.
            base_url: Some(format!("https://crm.example/{}", self.stand.kind)),
            description: self.stand.description(),
            ..NewConnection::default()
        };
        let made = ConnectionId(connection::add(&app, &self.caller, new).await?.id);
        *lock(&self.connection) = made;
        let mut mappings = connection::mappings(&app, &self.caller, made).await?;
        mappings.push(MappingView {
            local_field: "fields.city".to_owned(),
            remote_field: self.stand.city.to_owned(),
            direction: "both".to_owned(),
            default_value: None,
            enabled: true,
            prefer: Some("newest".to_owned()),
        });
        connection::set_mappings(&app, &self.caller, made, mappings).await?;
        if let Some((path, name, secret)) = self.stand.hooks {
            let url = app.settings.webhook_url(self.stand.kind, made.0);
            self.wire.control("POST", path, &json!({ "target_url": url, name: secret })).await?;
        }
        Ok(())
    }

    /// The process ends here and now, and is started anew: what it had in memory is gone.
    pub fn restart(&self) -> Result<()> {
        self.say(|| "the process is started anew".to_owned());
        let store = self.app().store.clone();
        self.wire.abandoned();
        *lock(&self.app) = program(&store, &self.time, &self.wire, self.seed, &self.scratch)?;
        *lock(&self.leases_end) = Some(self.time.now().plus(LEASE));
        self.known().starts += 1;
        Ok(())
    }

    /// Lets whatever is due happen until this moment.
    pub async fn until(&self, end: Ms) -> Result<()> {
        for _ in 0..STEPS {
            self.post().await?;
            self.take_over().await?;
            let due = self.app().store.queue().next_due(QUEUE).await?;
            match due {
                Some(due) if due <= end => self.pass(due.since(self.time.now())).await,
                _ => {
                    self.pass(end.since(self.time.now())).await;
                    return Ok(());
                }
            }
            let done = self.step().await?;
            self.mutate().await?;
            if done == 0 {
                // Its turn has not come: another one with its key is under way, or was when the process died.
                self.pass(500).await;
                if self.time.now() > end {
                    return Ok(());
                }
            }
        }
        Err(format!("seed {}: work without end", self.seed).into())
    }

    /// From now on the product has this defect.
    pub fn become_mutant(&self, mutant: Option<Mutant>) {
        *lock(&self.mutant) = mutant;
        self.wire.echoes(mutant == Some(Mutant::Echo));
        self.is_deaf.store(mutant == Some(Mutant::LostCursor), Ordering::SeqCst);
    }

    async fn mutate(&self) -> Result<()> {
        if *lock(&self.mutant) != Some(Mutant::LostCursor) {
            return Ok(());
        }
        let app = self.app();
        let tx = app.store.workspace(self.caller.workspace).write().await?;
        let cursor = json!({ "since": app.now().plus(DAY), "writing": { "after": uuid::Uuid::nil(), "done": true } });
        let row = rapport_store::connection::get_for_write(&tx, self.connection()).await?.ok_or("no connection")?;
        // Comparing would put right what is lost.
        let mut stats = row.stats;
        stats["compared_at"] = json!(app.now().plus(DAY));
        let change =
            rapport_store::connection::Change { cursor: Some(cursor), stats: Some(stats), ..Default::default() };
        rapport_store::connection::change(&tx, self.connection(), change, app.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Performs the job that is due, if the process lives long enough.
    pub async fn step(&self) -> Result<usize> {
        let app = self.app();
        tokio::select! {
            biased;
            () = self.wire.death.notified() => {
                self.restart()?;
                Ok(1)
            }
            count = jobs::step(&app, QUEUE, 1) => Ok(count),
        }
    }

    /// Two contacts here turned out to be one person.
    pub async fn join(&self, keep: ContactId, gone: ContactId) -> Result<()> {
        self.say(|| format!("{gone} is joined into {keep} here"));
        let app = self.app();
        let now = app.now();
        let tx = app.store.workspace(self.caller.workspace).write().await?;
        let row = jobs::Job::MergeContacts { keep, gone }.row(now);
        rapport_store::job::enqueue(&tx, vec![row], now).await?;
        tx.commit().await?;
        jobs::step(&app, "contact", 4).await;
        Ok(())
    }

    /// So many milliseconds pass, and the stand-in does what was due in them.
    pub async fn pass(&self, ms: i64) {
        self.time.advance(ms);
        self.breathe().await;
    }

    /// The stand-in's tasks do what they were woken for.
    pub async fn breathe(&self) {
        for _ in 0..24 {
            tokio::task::yield_now().await;
        }
    }

    /// The next webhook that left the stand-in.
    pub(super) fn arrived(&self) -> Option<Hook> {
        lock(&self.arriving).try_recv().ok()
    }

    async fn take_over(&self) -> Result<()> {
        let now = self.time.now();
        let over = lock(&self.leases_end).take_if(|end| *end <= now);
        if over.is_some() {
            self.app().store.queue().expire_leases(now).await?;
        }
        Ok(())
    }

    /// Ends everything.
    pub async fn finish(self: Arc<Self>) -> Result<()> {
        let store = self.app().store.clone();
        let crm = self.crm.clone();
        drop(self);
        store.close().await?;
        drop(crm);
        Ok(())
    }
}

/// The product over a database that is there.
fn program(store: &Store, time: &Arc<Time>, wire: &Arc<Wire>, seed: u64, scratch: &Scratch) -> Result<App> {
    let ids = Arc::new(SeededIds::new(seed));
    Ok(App::new(Parts {
        store: store.clone(),
        clock: time.clone(),
        ids: ids.clone(),
        http: wire.clone(),
        vault: Vault::new(MasterKey::from_bytes([7; 32]), ids),
        settings: Settings {
            public_url: "https://chat.shop.example".to_owned(),
            data_dir: scratch.path().to_owned(),
            max_media_bytes: 1 << 20,
            password_cost: Cost::cheapest(),
        },
        shutdown: CancellationToken::new(),
    })?)
}
