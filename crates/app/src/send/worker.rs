//! Holds send lanes and runs one sender per portfolio that this node owns.

use super::portfolio::Portfolio;
use crate::state::App;
use rapport_store::lane::HeldSend;
use std::collections::HashMap;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How often leases are renewed.
const RENEW: Duration = Duration::from_secs(3);
/// How long a lease lasts. Milliseconds.
pub(super) const LEASE_MS: i64 = 10_000;

/// The running senders of this process.
pub struct Senders(JoinHandle<()>);

struct Running {
    epoch: i64,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Senders {
    /// Starts leasing send lanes; ends when the app stops, after the answers to what is in flight.
    #[must_use]
    pub fn start(app: &App) -> Self {
        Self(tokio::spawn(hold(app.clone())))
    }

    /// Waits until every sender has ended.
    pub async fn join(self) {
        let _ = self.0.await;
    }
}

async fn hold(app: App) {
    let mut running: HashMap<String, Running> = HashMap::new();
    let mut renew = tokio::time::interval(RENEW);
    let mut bell = app.bells.send.listen();
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => break,
            _ = renew.tick() => {}
            // A message for a channel that was just made must not wait for the next renewal.
            () = bell.heard(), if running.is_empty() => {}
        }
        app.pulse.beat("senders", RENEW * 5);
        match app.store.lanes().lease_send(app.now(), LEASE_MS).await {
            Ok(held) => reconcile(&app, &mut running, held).await,
            Err(error) => tracing::warn!(%error, "send lanes could not be renewed"),
        }
    }
    for (_, one) in running {
        one.stop.cancel();
        let _ = one.task.await;
    }
    app.pulse.end("senders");
}

async fn reconcile(app: &App, running: &mut HashMap<String, Running>, held: Vec<HeldSend>) {
    let wanted: HashMap<String, i64> = held.iter().map(|lane| (lane.portfolio_key.clone(), lane.epoch)).collect();
    let lost: Vec<String> = running
        .iter()
        .filter(|(key, one)| wanted.get(*key) != Some(&one.epoch) || one.task.is_finished())
        .map(|(key, _)| key.clone())
        .collect();
    for key in lost {
        if let Some(one) = running.remove(&key) {
            one.stop.cancel();
            // What it had in flight finds out by the fence that the lane has passed on.
            let _ = tokio::time::timeout(Duration::from_secs(1), one.task).await;
        }
    }
    for lane in held {
        if running.contains_key(&lane.portfolio_key) {
            continue;
        }
        let stop = app.shutdown.child_token();
        let key = lane.portfolio_key.clone();
        let epoch = lane.epoch;
        let task = tokio::spawn(Portfolio::new(app.clone(), lane, stop.clone()).run());
        running.insert(key, Running { epoch, stop, task });
    }
}
