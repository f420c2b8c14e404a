//! An installation under load, and everything that is observed of it.

use super::{Context, journal};
use crate::Result;
use crate::generate::{Channel, Corpus, Event, Kind, Plan};
use crate::http::Api;
use crate::load::{Ack, Load, Outcome, Stop};
use crate::oracle::{Books, History, Shown};
use crate::site::feed::Heard;
use crate::site::product::{Installation, Kind as Site, Node};
use crate::site::sandbox::Sandbox;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// An installation with its provider, and the tally of what it promised.
pub struct Scene {
    /// Its running nodes. First, so that they end before their files go.
    pub nodes: Vec<Option<Node>>,
    /// The product.
    pub site: Installation,
    /// The provider's stand-in.
    pub sandbox: Sandbox,
    /// What is delivered.
    pub corpus: Arc<Corpus>,
    /// Next delivery.
    next: usize,
    /// Deliveries that were begun.
    posted: BTreeSet<u32>,
    /// Deliveries that were answered 200, and when first.
    acked: BTreeMap<u32, i64>,
    /// Messages the API took for sending.
    pub asked: Arc<Mutex<Vec<String>>>,
    /// Longest time from start to ready.
    pub slowest_start: Duration,
}

/// First number of the customers that agents write to; apart from those of corpora.
const TALKERS: u32 = 70_000_000;

impl Scene {
    /// Sets everything up and starts the nodes.
    pub async fn new(context: &Context, kind: Site<'_>, nodes: usize, deliveries: usize) -> Result<Self> {
        let sandbox = Sandbox::start(&context.binary).await?;
        let url = sandbox.url();
        Self::at(context, sandbox, &url, kind, nodes, deliveries).await
    }

    /// The same with the provider believed to be elsewhere (behind a proxy).
    pub async fn at(
        context: &Context,
        sandbox: Sandbox,
        base_url: &str,
        kind: Site<'_>,
        nodes: usize,
        deliveries: usize,
    ) -> Result<Self> {
        let site = Installation::new(&context.binary, kind, nodes, base_url).await?;
        site.connect(&sandbox).await?;
        if let Site::Postgres(cluster, name) = kind {
            // Before any node starts: the first lease counts too.
            journal::keep(cluster, name).await?;
        }
        let plan =
            Plan { customers: 2_000, old_form: 0.1, ..Plan::new(context.seed, deliveries, site.channel.clone()) };
        let mut scene = Self {
            sandbox,
            corpus: Arc::new(Corpus::new(&plan)),
            site,
            nodes: (0..nodes).map(|_| None).collect(),
            next: 0,
            posted: BTreeSet::new(),
            acked: BTreeMap::new(),
            asked: Arc::default(),
            slowest_start: Duration::ZERO,
        };
        for node in 0..nodes {
            scene.start(node).await?;
        }
        Ok(scene)
    }

    /// Delivers customers' messages only, from now on.
    pub fn messages_only(&mut self, deliveries: usize) {
        let plan = Plan::new(self.corpus.seed(), deliveries, self.site.channel.clone());
        self.corpus = Arc::new(Corpus::new(&Plan { only_inbound: true, customers: 2_000, ..plan }));
        self.next = 0;
    }

    /// Starts a node (again).
    pub async fn start(&mut self, node: usize) -> Result<()> {
        let (started, took) = self.site.start(node).await?;
        self.nodes[node] = Some(started);
        self.slowest_start = self.slowest_start.max(took);
        Ok(())
    }

    /// `kill -9`.
    pub fn kill(&mut self, node: usize) {
        if let Some(mut node) = self.nodes[node].take() {
            node.process.kill();
        }
    }

    /// The next deliveries as a load on all nodes.
    pub fn load(&mut self, deliveries: usize, connections: usize) -> Load {
        let end = (self.next + deliveries).min(self.corpus.len());
        let mut load = Load::new(self.site.addresses[0], &self.corpus, self.next..end, connections);
        load.targets.clone_from(&self.site.addresses);
        load.patience = Duration::from_secs(12);
        self.next = end;
        load
    }

    /// Notes what a load in this order led to.
    pub fn note(&mut self, order: &[u32], outcome: &Outcome) {
        self.posted.extend(&order[..outcome.begun]);
        for Ack { delivery, at } in &outcome.acked {
            let first = self.acked.entry(*delivery).or_insert(*at);
            *first = (*first).min(*at);
        }
    }

    /// The next load goes on where this one ended early.
    pub fn rewind(&mut self, order: &[u32], outcome: &Outcome) {
        if let Some(first) = order.get(outcome.begun) {
            self.next = *first as usize;
        }
    }

    /// How many deliveries were answered 200.
    pub fn acked(&self) -> usize {
        self.acked.len()
    }

    /// What the provider does: deliver again what was not taken, and some of what was.
    pub async fn redeliver(&mut self) -> Result<()> {
        for _ in 0..30 {
            // Everything up to the last one that was begun: later events build on earlier ones.
            let end = self.posted.last().map_or(0, |last| last + 1);
            let mut order: Vec<u32> = (0..end).filter(|delivery| !self.acked.contains_key(delivery)).collect();
            if order.is_empty() {
                return Ok(());
            }
            order.extend(self.acked.keys().step_by(20));
            let mut load = self.load(0, 8);
            load.order = Arc::new(order.clone());
            let outcome = load.closed().await;
            self.note(&order, &outcome);
            if outcome.broken > 0 || !outcome.refused.is_empty() {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
        Err("the server does not take what is delivered again".into())
    }

    /// The number of a customer that agents write to.
    pub fn talker(customer: u32) -> String {
        crate::generate::customer_ids((TALKERS + customer * 5) % 80_000_000).0
    }

    /// Customers open conversations through the provider; returns the conversations' ids.
    pub async fn talk(&self, customers: u32) -> Result<Vec<String>> {
        for customer in 0..customers {
            self.sandbox.write(&Self::talker(customer), "Hello, is anybody there?").await?;
        }
        let api = self.site.api(0);
        let began = Instant::now();
        loop {
            let list = api.get("/api/v1/conversations?view=all&status=any&limit=200").await?;
            let ids: Vec<String> = list["items"]
                .as_array()
                .map(|items| items.iter().filter_map(|item| Some(item["id"].as_str()?.to_owned())).collect())
                .unwrap_or_default();
            if ids.len() >= customers as usize {
                return Ok(ids);
            }
            if began.elapsed() > Duration::from_secs(20) {
                return Err(format!("{} of {customers} conversations after 20 s", ids.len()).into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// An agent who writes to these conversations until stopped, whatever breaks.
    pub fn agent(&self, conversations: Vec<String>, node: usize, stop: Stop) -> tokio::task::JoinHandle<()> {
        let api = self.site.api(node);
        let asked = Arc::clone(&self.asked);
        tokio::spawn(async move {
            let mut number = 0_usize;
            while !stop.is_set() {
                let conversation = &conversations[number % conversations.len()];
                number += 1;
                // A refused or lost call is the client's to repeat; what was answered 202 must be kept.
                if let Ok(id) = write(&api, conversation, &format!("answer {number}"), None).await {
                    asked.lock().unwrap_or_else(PoisonError::into_inner).push(id);
                }
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
        })
    }

    /// Waits until nothing is pending and no send is under way.
    pub async fn rest(&self, limit: Duration) -> Result<()> {
        self.site.drain(limit).await?;
        let began = Instant::now();
        let sql = "SELECT COUNT(*) FROM message WHERE status IN ('queued', 'sending')";
        while self.site.database.number(sql).await? > 0 && began.elapsed() < Duration::from_secs(30) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        // Statuses of the last sends are still on their way from the provider.
        tokio::time::sleep(Duration::from_millis(500)).await;
        self.site.drain(limit).await?;
        // An event and what it waits for may have been decided side by side, unseen by each other; the product looks
        // for such pairs every few seconds. What still waits after that is judged as it stands.
        let began = Instant::now();
        let waiting = "SELECT COUNT(*) FROM raw_event WHERE state = 4";
        while self.site.database.number(waiting).await? > 0 && began.elapsed() < Duration::from_secs(15) {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        self.site.drain(limit).await.map(drop)
    }

    /// Everything observed; `node` is asked for the books.
    pub async fn history(&self, node: usize) -> Result<History> {
        let mut history = History { per_second: 80, ..History::default() };
        for delivery in &self.posted {
            for event in self.corpus.events_of(*delivery as usize) {
                if let Kind::Status(step) = event.kind {
                    history.told_steps.push((self.corpus.wamid(event), step));
                }
            }
        }
        for (delivery, at) in &self.acked {
            for event in self.corpus.events_of(*delivery as usize) {
                self.promise(&mut history, event, *at);
            }
        }
        history.raw = self.site.database.raw().await?;
        history.lines = self.site.database.lines().await?;
        history.doubles = self.site.database.doubles().await?;
        history.books = Some(self.books(node).await?);
        history.sent = self.sandbox.sent().await?;
        history.asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(history)
    }

    /// The books once nothing is pending: the provider may still tell statuses of the last sends.
    async fn books(&self, node: usize) -> Result<Books> {
        let began = Instant::now();
        loop {
            let books = self.site.books(node).await?;
            if books.pending == 0 || began.elapsed() > Duration::from_secs(10) {
                return Ok(books);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn promise(&self, history: &mut History, event: &Event, at: i64) {
        let wamid = self.corpus.wamid(event);
        if let Some(key) = crate::sign::event_key(event, &wamid) {
            history.acked_keys.push((key, at));
        }
        match event.kind {
            Kind::Inbound | Kind::Echo => history.acked_lines.push(wamid),
            Kind::Status(step) => history.acked_steps.push((wamid, step)),
            Kind::Reaction | Kind::Notice => {}
        }
    }
}

/// Sends a text in a conversation; the message's id without hyphens.
pub async fn write(api: &Api, conversation: &str, text: &str, client_id: Option<&str>) -> Result<String> {
    let request = json!({"client_id": client_id, "content": {"type": "text", "body": text}});
    let path = format!("/api/v1/conversations/{conversation}/messages");
    let message = api.post(&path, &request).await?;
    Ok(message["id"].as_str().ok_or("the message has no id")?.replace('-', ""))
}

/// The lines of a stream.
pub fn shown(heard: &[Heard]) -> Vec<Shown> {
    heard
        .iter()
        .filter(|event| event.kind.starts_with("message."))
        .map(|event| Shown {
            kind: event.kind.clone(),
            line: event.message.clone(),
            status: event.data["data"]["status"].as_str().map(Into::into),
        })
        .collect()
}

/// A delivery by hand: one request, signed, and the answer's status.
pub async fn post(site: &Installation, channel: &Channel, body: &Value) -> Result<u16> {
    let body = body.to_string().into_bytes();
    let mut request = crate::generate::head(channel, &body, &crate::sign::header(&channel.secret, &body));
    request.extend_from_slice(&body);
    Ok(crate::http::once(site.addresses[0], &request, Duration::from_secs(15)).await?.status)
}
