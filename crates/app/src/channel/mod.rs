//! Channels: connected numbers, kept in memory for the hot paths.

pub mod account;
pub mod add;
pub(crate) mod blocked;
pub mod calls;
pub mod change;
pub mod check;
mod credentials;
pub mod number;
pub mod profile;
pub(crate) mod provider;
pub mod qr;
pub mod receive;
pub mod registration;
pub mod secret;
pub mod subscription;
pub mod tally;
pub mod template_draft;
pub mod template_fill;
pub mod template_library;
pub mod template_list;
pub mod template_sample;
pub mod template_suggest;
pub mod template_used;
pub mod template_write;
pub mod templates;
pub mod tier;
pub mod timeline;
pub mod view;

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::rule::set::RuleSet;
use crate::state::Settings;
use crate::understanding::Reader;
use crate::vault::{Place, WorkspaceKey};
use rapport_connectors::Secret;
use rapport_connectors::provider::{Api, Feature, Kind, Provider};
use rapport_core::channel::ChannelStatus;
use rapport_core::inbox::Policy;
use rapport_core::route::{Chats, Number};
use rapport_core::{ChannelId, ConnectionId, Ms, WorkspaceId};
use rapport_store::Store;
use rapport_store::channel::ChannelRow;
pub use secret::Secrets;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

/// How long a channel, a policy or a list of connections is trusted before it is read again: what another node
/// changed is seen within this time. Milliseconds.
const FRESH_MS: i64 = 3_000;
/// How long the list of all channel ids is trusted before an id that is not in it is looked for again. Milliseconds.
const ROSTER_MS: i64 = 1_000;
/// Entries kept per cache; far more than an installation has.
const CACHE_MAX: usize = 10_000;

/// A channel with its secrets open. Clone is cheap enough for one call; share it as `Arc` elsewhere.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its id.
    pub id: ChannelId,
    /// Who carries it.
    pub provider: Kind,
    /// Name shown to people.
    pub name: String,
    /// The provider's id of the number.
    pub phone_number_id: String,
    /// The number as people write it; empty until the provider has told it.
    pub display_phone: String,
    /// The provider's account id.
    pub waba_id: String,
    /// What shares one sending limit.
    pub portfolio_key: String,
    /// Where the provider's API is.
    pub base_url: String,
    /// Whether it sends.
    pub status: ChannelStatus,
    /// Why not.
    pub status_reason: Option<String>,
    /// Whether it was removed: its row stays for its conversations, and the number may be added again.
    pub disconnected: bool,
    /// Messages a second.
    pub throughput: u32,
    /// Distinct customers a day; `None` = not known or unlimited.
    pub tier_limit: Option<i64>,
    /// The shop's own limit a day.
    pub daily_limit: Option<i64>,
    /// Token and secrets.
    pub secrets: Secrets,
}

impl Channel {
    fn open(row: ChannelRow, key: &WorkspaceKey, now: Ms) -> Result<Self> {
        let plain = key.open(Place::new("channel", "secret", row.id), &row.secret)?;
        let mut secrets = Secrets::read(&plain)?;
        secrets.forget_expired(&row.settings, now);
        Ok(Self {
            workspace: WorkspaceId(row.workspace_id),
            id: ChannelId(row.id),
            provider: Kind::parse(&row.provider).unwrap_or_default(),
            name: row.name,
            phone_number_id: row.phone_number_id,
            display_phone: row.display_phone,
            waba_id: row.waba_id,
            portfolio_key: row.portfolio_key,
            base_url: row.base_url,
            status: ChannelStatus::parse(&row.status),
            disconnected: row.status == view::DISCONNECTED,
            status_reason: row.status_reason,
            throughput: u32::try_from(row.throughput).unwrap_or(0),
            tier_limit: row.tier_limit,
            daily_limit: row.daily_limit,
            secrets,
        })
    }

    /// The way to the provider.
    #[must_use]
    pub fn access(&self, settings: &Settings) -> Provider {
        Provider {
            kind: self.provider,
            base_url: self.base_url.clone(),
            number_id: self.phone_number_id.clone(),
            account_id: self.waba_id.clone(),
            token: self.token(),
            signing: self.secrets.app_secrets.clone(),
            hook_url: settings.webhook_url(add::WHATSAPP, self.id.0),
        }
    }

    /// Meta's functions of a number, at Meta or where they are passed on.
    ///
    /// # Errors
    /// `Refused` `not_offered_by_provider` when the number is reached through somebody who has none of it.
    pub fn graph(&self, feature: Feature) -> Result<Api> {
        self.offers(feature)?;
        match self.provider {
            Kind::Meta => {
                Ok(Api::new(&self.base_url, rapport_connectors::whatsapp::api::DEFAULT_VERSION, self.token()))
            }
            Kind::Dialog360 => Ok(Api::dialog360(&self.base_url, &self.phone_number_id, self.token())),
            Kind::Twilio | Kind::Bird | Kind::Gateway | Kind::Practice => Err(not_offered(self.provider, feature)),
        }
    }

    /// Whether the provider offers this.
    ///
    /// # Errors
    /// `Refused` `not_offered_by_provider`.
    pub fn offers(&self, feature: Feature) -> Result<()> {
        if self.provider.offers(feature) { Ok(()) } else { Err(not_offered(self.provider, feature)) }
    }

    /// What is known of its number.
    pub(crate) fn number(&self) -> Number<'_> {
        Number { id: &self.phone_number_id, phone: &self.display_phone }
    }

    /// The access token.
    #[must_use]
    pub fn token(&self) -> Secret {
        Secret::new(self.secrets.access_token.expose())
    }
}

/// What happens around conversations beside answering them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Care {
    /// Whether conversations are given out by themselves anywhere.
    pub routed: bool,
    /// What is chosen about surveys.
    pub survey: rapport_core::routing::SurveySettings,
    /// Whether somebody may still answer one.
    pub listening: bool,
    /// Whether somebody wants to be told on a device.
    pub notices: bool,
}

struct Kept<T> {
    value: T,
    at: Ms,
}

struct Caches {
    channels: HashMap<ChannelId, Kept<Option<Arc<Channel>>>>,
    numbers: HashMap<(WorkspaceId, Kind, String), Kept<Option<ChannelId>>>,
    chats: HashMap<WorkspaceId, Kept<Arc<Chats>>>,
    policies: HashMap<WorkspaceId, Kept<Policy>>,
    cares: HashMap<WorkspaceId, Kept<Care>>,
    connections: HashMap<WorkspaceId, Kept<Arc<Vec<ConnectionId>>>>,
    rules: HashMap<WorkspaceId, Kept<Arc<RuleSet>>>,
    readers: HashMap<WorkspaceId, Kept<Arc<Reader>>>,
    roster: Option<Kept<HashSet<ChannelId>>>,
}

/// What the hot paths ask for thousands of times a second. Cheap to clone.
#[derive(Clone)]
pub struct Channels {
    store: Store,
    vault: Arc<crate::vault::Vault>,
    clock: Arc<dyn Clock>,
    caches: Arc<RwLock<Caches>>,
}

impl Channels {
    /// An empty cache over the store.
    #[must_use]
    pub fn new(store: Store, vault: Arc<crate::vault::Vault>, clock: Arc<dyn Clock>) -> Self {
        let caches = Caches {
            channels: HashMap::new(),
            numbers: HashMap::new(),
            chats: HashMap::new(),
            policies: HashMap::new(),
            cares: HashMap::new(),
            connections: HashMap::new(),
            rules: HashMap::new(),
            readers: HashMap::new(),
            roster: None,
        };
        Self { store, vault, clock, caches: Arc::new(RwLock::new(caches)) }
    }

    /// A channel by id alone: a webhook's path names nothing else.
    ///
    /// # Errors
    /// What the store or the vault said.
    pub async fn get(&self, id: ChannelId) -> Result<Option<Arc<Channel>>> {
        let now = self.clock.now();
        if let Some(known) = self.look(now, |caches| caches.channels.get(&id).map(|kept| (kept.at, kept.value.clone())))
        {
            return Ok(known);
        }
        let value = self.newest(id).await?;
        self.keep(|caches| keep_in(&mut caches.channels, id, value.clone(), now));
        Ok(value)
    }

    /// [`Channels::get`] as it is stored now: for what must not happen with a secret that another node just replaced.
    ///
    /// # Errors
    /// What the store or the vault said.
    pub async fn newest(&self, id: ChannelId) -> Result<Option<Arc<Channel>>> {
        Ok(match rapport_store::channel::find(&self.store, id).await? {
            Some(row) => Some(Arc::new(self.open(row).await?)),
            None => None,
        })
    }

    /// [`Channels::get`] for whoever may make ids up: however many unknown ids come, the database is asked once a second.
    ///
    /// # Errors
    /// What the store or the vault said.
    pub async fn at_the_door(&self, id: ChannelId) -> Result<Option<Arc<Channel>>> {
        let now = self.clock.now();
        let known = self.look(now, |caches| caches.channels.get(&id).map(|kept| (kept.at, kept.value.clone())));
        if let Some(known) = known {
            return Ok(known);
        }
        if self.is_listed(id, now).await? { self.get(id).await } else { Ok(None) }
    }

    async fn is_listed(&self, id: ChannelId, now: Ms) -> Result<bool> {
        {
            let caches = self.caches.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(roster) = &caches.roster
                && (roster.value.contains(&id) || now.since(roster.at).abs() < ROSTER_MS)
            {
                return Ok(roster.value.contains(&id));
            }
        }
        let rows = rapport_store::channel::all(&self.store).await?;
        let ids: HashSet<ChannelId> = rows.iter().map(|row| ChannelId(row.id)).collect();
        let listed = ids.contains(&id);
        self.keep(|caches| caches.roster = Some(Kept { value: ids, at: now }));
        Ok(listed)
    }

    /// The channel of a provider's number in a workspace. The same number over another provider is another channel.
    ///
    /// # Errors
    /// What the store or the vault said.
    pub async fn by_number(
        &self,
        workspace: WorkspaceId,
        provider: Kind,
        number: &str,
    ) -> Result<Option<Arc<Channel>>> {
        let now = self.clock.now();
        let key = (workspace, provider, number.to_owned());
        let known = self.look(now, |caches| caches.numbers.get(&key).map(|kept| (kept.at, kept.value)));
        let id = match known {
            Some(id) => id,
            None => {
                let read = self.store.workspace(workspace).read();
                let row = rapport_store::channel::by_number(&read, provider.code(), number).await?;
                let id = row.map(|row| ChannelId(row.id));
                self.keep(|caches| keep_in(&mut caches.numbers, key, id, now));
                id
            }
        };
        match id {
            Some(id) => self.get(id).await,
            None => Ok(None),
        }
    }

    /// Which of the workspace's channels are one chat to the customer.
    ///
    /// # Errors
    /// What the store said.
    pub async fn chats(&self, workspace: WorkspaceId) -> Result<Arc<Chats>> {
        let now = self.clock.now();
        let known = |caches: &Caches| caches.chats.get(&workspace).map(|kept| (kept.at, kept.value.clone()));
        if let Some(chats) = self.look(now, known) {
            return Ok(chats);
        }
        let chats = Arc::new(crate::route::chats(&self.store.workspace(workspace).read()).await?);
        self.keep(|caches| keep_in(&mut caches.chats, workspace, chats.clone(), now));
        Ok(chats)
    }

    /// The workspace's settings that inbox decisions depend on.
    ///
    /// # Errors
    /// What the store said.
    pub async fn policy(&self, workspace: WorkspaceId) -> Result<Policy> {
        let now = self.clock.now();
        let known = |caches: &Caches| caches.policies.get(&workspace).map(|kept| (kept.at, kept.value.clone()));
        if let Some(policy) = self.look(now, known) {
            return Ok(policy);
        }
        let row = rapport_store::workspace::get(&self.store.workspace(workspace).read()).await?;
        let policy = row.map_or_else(Policy::default, |row| {
            let words = crate::account::guard_policy::policy_of(&row).words();
            let reopen = i64::from(crate::account::workspace::reopen_days(&row)) * rapport_core::time::DAY;
            Policy { default_country: row.default_country, words, reopen_within_ms: reopen, ..Policy::default() }
        });
        self.keep(|caches| keep_in(&mut caches.policies, workspace, policy.clone(), now));
        Ok(policy)
    }

    /// What happens around the workspace's conversations.
    ///
    /// # Errors
    /// What the store said.
    pub async fn care(&self, workspace: WorkspaceId) -> Result<Care> {
        let now = self.clock.now();
        let known = |caches: &Caches| caches.cares.get(&workspace).map(|kept| (kept.at, kept.value.clone()));
        if let Some(care) = self.look(now, known) {
            return Ok(care);
        }
        let care = crate::routing::care(&self.store.workspace(workspace).read(), now).await?;
        self.keep(|caches| keep_in(&mut caches.cares, workspace, care.clone(), now));
        Ok(care)
    }

    /// The workspace's active connections: contact changes are pushed to each.
    ///
    /// # Errors
    /// What the store said.
    pub async fn connections(&self, workspace: WorkspaceId) -> Result<Arc<Vec<ConnectionId>>> {
        let now = self.clock.now();
        let known = |caches: &Caches| caches.connections.get(&workspace).map(|kept| (kept.at, kept.value.clone()));
        if let Some(ids) = self.look(now, known) {
            return Ok(ids);
        }
        let ids = Arc::new(rapport_store::connection::pushable(&self.store.workspace(workspace).read()).await?);
        self.keep(|caches| keep_in(&mut caches.connections, workspace, ids.clone(), now));
        Ok(ids)
    }

    /// The workspace's rules that are switched on; compiled anew only when one of them changed.
    ///
    /// # Errors
    /// What the store said.
    pub async fn rules(&self, workspace: WorkspaceId) -> Result<Arc<RuleSet>> {
        let now = self.clock.now();
        let known = |caches: &Caches| caches.rules.get(&workspace).map(|kept| (kept.at, kept.value.clone()));
        match self.look(now, known) {
            Some(rules) => Ok(rules),
            None => self.newest_rules(workspace).await,
        }
    }

    /// The rules as they are stored now, compiled again only when they changed: what was queued for a rule that another
    /// node has just switched on must find it.
    ///
    /// # Errors
    /// `Store`.
    pub async fn newest_rules(&self, workspace: WorkspaceId) -> Result<Arc<RuleSet>> {
        let now = self.clock.now();
        let known = {
            let caches = self.caches.read().unwrap_or_else(PoisonError::into_inner);
            caches.rules.get(&workspace).map(|kept| kept.value.clone())
        };
        let mut rules = RuleSet::load(&self.store.workspace(workspace).read(), known).await?;
        if rules.reads() {
            rules = RuleSet::read_by(rules, self.reader(workspace).await?);
        }
        self.keep(|caches| keep_in(&mut caches.rules, workspace, rules.clone(), now));
        Ok(rules)
    }

    /// What the workspace's messages are read with, as it is stored now; compiled again only when it changed.
    ///
    /// # Errors
    /// `Store`.
    pub async fn reader(&self, workspace: WorkspaceId) -> Result<Arc<Reader>> {
        let now = self.clock.now();
        let known = {
            let caches = self.caches.read().unwrap_or_else(PoisonError::into_inner);
            caches.readers.get(&workspace).map(|kept| kept.value.clone())
        };
        let reader = Reader::load(&self.store.workspace(workspace).read(), known).await?;
        self.keep(|caches| keep_in(&mut caches.readers, workspace, reader.clone(), now));
        Ok(reader)
    }

    /// Forgets everything: called after a channel, connection or workspace was changed on this node.
    pub fn forget(&self) {
        let mut caches = self.caches.write().unwrap_or_else(PoisonError::into_inner);
        caches.channels.clear();
        caches.numbers.clear();
        caches.chats.clear();
        caches.policies.clear();
        caches.cares.clear();
        caches.connections.clear();
        caches.rules.clear();
        caches.readers.clear();
        caches.roster = None;
    }

    async fn open(&self, row: ChannelRow) -> Result<Channel> {
        let workspace = WorkspaceId(row.workspace_id);
        let key = crate::state::workspace_key(&self.store, &self.vault, workspace).await?;
        Channel::open(row, &key, self.clock.now())
    }

    fn look<T>(&self, now: Ms, find: impl FnOnce(&Caches) -> Option<(Ms, T)>) -> Option<T> {
        let caches = self.caches.read().unwrap_or_else(PoisonError::into_inner);
        let (at, value) = find(&caches)?;
        // A clock that was set back makes entries look new: distance counts in both directions.
        (now.since(at).abs() < FRESH_MS).then_some(value)
    }

    fn keep(&self, put: impl FnOnce(&mut Caches)) {
        put(&mut self.caches.write().unwrap_or_else(PoisonError::into_inner));
    }
}

fn keep_in<K: Eq + std::hash::Hash, V>(map: &mut HashMap<K, Kept<V>>, key: K, value: V, at: Ms) {
    if map.len() >= CACHE_MAX {
        map.clear();
    }
    map.insert(key, Kept { value, at });
}

/// The provider has nothing of the kind.
pub(crate) fn not_offered(provider: Kind, feature: Feature) -> Error {
    let name = provider.name();
    let refuse = |detail: String| Error::refused("not_offered_by_provider", detail);
    let what = match feature {
        Feature::Profile => "the business profile",
        Feature::QrCodes => "QR codes and links",
        Feature::Registration => "registering numbers",
        Feature::Subscription => "pointing its webhook here",
        Feature::Templates | Feature::TemplateWriting if provider == Kind::Bird => {
            return refuse("Templates of Bird are written in Bird's own studio and are not sent from here.".to_owned());
        }
        Feature::TemplateEditing => {
            return refuse(format!(
                "{name} does not change or resume templates that were submitted: write a new one under another name, and delete this one when nobody needs it."
            ));
        }
        Feature::TemplateLanguages => {
            return refuse(format!(
                "{name} deletes a template in all its languages at once: delete all languages, or keep them."
            ));
        }
        Feature::Templates => "reading templates",
        Feature::TemplateWriting => "writing templates",
        Feature::TemplateLibrary => "WhatsApp's library of templates",
        Feature::Blocking => "blocking customers",
        Feature::ReadMarks => "read marks",
        Feature::Quality => "the number's quality",
        Feature::Quotes => {
            return refuse(format!("{name} does not carry which message is answered: write it without quoting one."));
        }
        Feature::UserIds => "customers without a visible number",
    };
    refuse(format!("{name} does not offer this here: {what}. Use the provider's own console."))
}
