//! Everything a running sandbox holds, shared by its tasks.

use crate::{
    Clock, Config,
    deliver::{Deliverer, Lanes},
    fault::Faults,
    freshdesk::state::State as Freshdesk,
    handle::Hook,
    hubspot::state::State as HubSpot,
    intercom::state::State as Intercom,
    rest::state::State as Own,
    salesforce::state::State as Salesforce,
    timers::Timers,
    whatsapp::state::State as WhatsApp,
    zendesk::state::State as Zendesk,
    zoho::state::State as Zoho,
};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// The state behind all endpoints. Locks are held for moments only and never across an await.
pub struct World {
    /// As given at start.
    pub config: Config,
    /// Sandbox time.
    pub clock: Clock,
    whatsapp: Mutex<WhatsApp>,
    hubspot: Mutex<HubSpot>,
    zendesk: Mutex<Zendesk>,
    freshdesk: Mutex<Freshdesk>,
    zoho: Mutex<Zoho>,
    salesforce: Mutex<Salesforce>,
    intercom: Mutex<Intercom>,
    own: Mutex<Own>,
    /// Misbehaviour in force.
    pub faults: Faults,
    /// What happens later.
    pub timers: Timers,
    /// Outgoing webhooks.
    pub deliverer: Deliverer,
    /// Client for webhooks and handshakes.
    pub http: reqwest::Client,
    /// Who takes webhooks instead of their receivers.
    pub taker: Mutex<Option<mpsc::UnboundedSender<Hook>>>,
    /// Set when the sandbox shuts down.
    pub stop: CancellationToken,
    /// `http://host:port` of this sandbox.
    pub base_url: String,
}

impl World {
    /// Builds the start state.
    pub fn new(config: Config, base_url: String) -> std::io::Result<(Self, Lanes)> {
        let http = reqwest::Client::builder()
            .timeout(std::time::Duration::from_millis(config.delivery_timeout_ms))
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(config.delivery_lanes)
            .no_proxy()
            .build()
            .map_err(std::io::Error::other)?;
        let (deliverer, lanes) = Deliverer::new(config.delivery_lanes, config.keep.deliveries);
        let world = Self {
            clock: config.clock.clone(),
            whatsapp: Mutex::new(WhatsApp::new(&config)),
            hubspot: Mutex::new(HubSpot::new(&config)),
            zendesk: Mutex::new(Zendesk::new(&config)),
            freshdesk: Mutex::new(Freshdesk::new(&config)),
            zoho: Mutex::new(Zoho::new(&config)),
            salesforce: Mutex::new(Salesforce::new(&config)),
            intercom: Mutex::new(Intercom::new(&config)),
            own: Mutex::new(Own::new(&config)),
            faults: Faults::new(config.seed),
            timers: Timers::default(),
            deliverer,
            http,
            taker: Mutex::default(),
            stop: CancellationToken::new(),
            base_url,
            config,
        };
        Ok((world, lanes))
    }

    /// The WhatsApp side.
    pub fn wa(&self) -> MutexGuard<'_, WhatsApp> {
        self.whatsapp.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The CRM side.
    pub fn hs(&self) -> MutexGuard<'_, HubSpot> {
        self.hubspot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The help desk's side.
    pub fn zd(&self) -> MutexGuard<'_, Zendesk> {
        self.zendesk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The other help desk's side.
    pub fn fd(&self) -> MutexGuard<'_, Freshdesk> {
        self.freshdesk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Zoho CRM's side.
    pub fn zo(&self) -> MutexGuard<'_, Zoho> {
        self.zoho.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Salesforce's side.
    pub fn sf(&self) -> MutexGuard<'_, Salesforce> {
        self.salesforce.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Intercom's side.
    pub fn ic(&self) -> MutexGuard<'_, Intercom> {
        self.intercom.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Companies' own CRMs.
    pub fn own(&self) -> MutexGuard<'_, Own> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Back to the start state: data, faults and everything that waits. The clock keeps its time.
    pub fn reset(&self) {
        self.timers.clear();
        self.faults.clear(None);
        *self.wa() = WhatsApp::new(&self.config);
        *self.hs() = HubSpot::new(&self.config);
        *self.zd() = Zendesk::new(&self.config);
        *self.zo() = Zoho::new(&self.config);
        *self.sf() = Salesforce::new(&self.config);
        *self.ic() = Intercom::new(&self.config);
        *self.own() = Own::new(&self.config);
        *self.fd() = Freshdesk::new(&self.config);
    }
}
