//! The routes of one send lane, in the hands of the lane's owner.

use super::lent::{self, Lent};
use super::{Heard, alert, settings, state};
use crate::channel::{calls, number};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::guard::Priority;
use rapport_core::route::{By, Observation, Route, Settings, Side, Standing, Switch};
use rapport_core::{ChannelId, Ms, WorkspaceId};
use rapport_store::lane::{HeldSend, fence_send};
use rapport_store::route::{self as rows, RouteRow};
use rapport_store::{Error as StoreError, Read};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::TryRecvError;

/// How long stored routes are trusted before they are read again.
const FRESH: Duration = Duration::from_secs(3);
/// The same for a route that another lane's owner keeps.
const FOREIGN_FRESH: Duration = Duration::from_millis(500);
/// Routes of others that are remembered.
const FOREIGN_MAX: usize = 1_000;

struct Kept {
    row: RouteRow,
    route: Route,
    settings: Settings,
    standby: ChannelId,
    /// There is something to be stored.
    dirty: bool,
    switches: Vec<Switch>,
    /// Until when other nodes' tellings of the standby are counted in.
    told_until: Ms,
}

impl Kept {
    fn read(row: RouteRow) -> Option<Self> {
        let standby = ChannelId(row.standby_id?);
        let (route, settings) = (state(&row), settings(&row));
        let told_until = Ms(row.updated_at);
        Some(Self { row, route, settings, standby, dirty: false, switches: Vec::new(), told_until })
    }

    fn standing(&self, now: Ms) -> Standing {
        let next = self.route.next_probe(Side::Primary, &self.settings).unwrap_or(now);
        // Once the probe is made it is known; a second is enough for most.
        let recheck_at = next.plus(1_000).max(now.plus(1_000)).min(now.plus(self.settings.soon_ms.max(1_000) + 1_000));
        Standing {
            active: self.route.active,
            standby: self.standby,
            still_takes: self.route.primary_still_takes(),
            recheck_at,
        }
    }

    fn note(&mut self, heard: &Heard, now: Ms) {
        let side = match heard.channel {
            id if id.0 == self.row.channel_id => Side::Primary,
            id if id == self.standby => Side::Standby,
            _ => return,
        };
        let before = self.route.state();
        let seen =
            Observation { at: heard.at, side, by: heard.by, ms: heard.ms, why: heard.why.clone().map(shortened) };
        if let Some(switch) = self.route.observe(seen, &self.settings, now) {
            self.switches.push(switch);
        }
        self.dirty |= heard.by == By::Probe || before != self.route.state() || !self.switches.is_empty();
    }
}

fn shortened(why: String) -> String {
    why.chars().take(200).collect()
}

/// Keeps the routes of a send lane's channels: probes, listens, decides, stores.
pub(crate) struct Keeper {
    app: App,
    held: HeldSend,
    kept: HashMap<ChannelId, Kept>,
    loaded: Option<(Instant, u64)>,
    ears: Option<broadcast::Receiver<Heard>>,
    /// Its channels that stand by for others'.
    lent: Lent,
    foreign: HashMap<ChannelId, (Instant, Option<Standing>)>,
}

impl Keeper {
    /// A keeper for whoever owns `held` from now on.
    pub fn new(app: App, held: HeldSend) -> Self {
        let (kept, foreign) = (HashMap::new(), HashMap::new());
        Self { app, held, kept, loaded: None, ears: None, lent: Lent::default(), foreign }
    }

    /// Looks at everything once. Called with every look at the queue.
    ///
    /// # Errors
    /// `Stale` when the lane has passed to another node, and what the store said.
    pub async fn tend(&mut self) -> Result<()> {
        self.load().await?;
        self.lent.tend(&self.app, &self.held.portfolio_key).await?;
        if self.kept.is_empty() {
            self.ears = None;
            return Ok(());
        }
        self.listen();
        self.probe();
        self.store().await
    }

    /// Where the route of a channel of this lane stands; `None`: it has no standby.
    pub fn standing(&self, primary: ChannelId) -> Option<Standing> {
        self.kept.get(&primary).map(|kept| kept.standing(self.app.now()))
    }

    /// The same for a channel that may be of another lane, for a message of its that waits at channel `at`.
    pub async fn standing_of(&mut self, read: &Read, primary: ChannelId, at: ChannelId) -> Result<Option<Standing>> {
        if let Some(here) = self.standing(primary) {
            return Ok(Some(here));
        }
        // What keeps the message may be a moment old. What sends it home is read anew: its own lane, which knows better,
        // would send it back here, and so on until this node knows too.
        if let Some((read_at, Some(known))) = self.foreign.get(&primary)
            && read_at.elapsed() < FOREIGN_FRESH
            && known.keeps(at)
        {
            return Ok(Some(*known));
        }
        let found = rows::get(read, primary).await?.and_then(Kept::read);
        let standing = found.map(|kept| kept.standing(self.app.now()));
        if self.foreign.len() >= FOREIGN_MAX {
            self.foreign.clear();
        }
        self.foreign.insert(primary, (Instant::now(), standing));
        Ok(standing)
    }

    async fn load(&mut self) -> Result<()> {
        let changes = self.app.routes.changes();
        if self.loaded.is_some_and(|(at, known)| at.elapsed() < FRESH && known == changes) {
            return Ok(());
        }
        let found = rows::of_portfolio(&self.app.store, &self.held.portfolio_key).await?;
        let mut before = std::mem::take(&mut self.kept);
        for row in found {
            let id = ChannelId(row.channel_id);
            // What is in memory is newer, unless somebody else wrote.
            let kept = match before.remove(&id) {
                Some(kept) if kept.row.revision == row.revision => Some(kept),
                _ => Kept::read(row),
            };
            self.kept.extend(kept.map(|kept| (id, kept)));
        }
        if !self.kept.is_empty() {
            self.hear_others().await?;
        }
        self.loaded = Some((Instant::now(), changes));
        Ok(())
    }

    /// What nodes that hold the lane of a standby saw of it.
    async fn hear_others(&mut self) -> Result<()> {
        let now = self.app.now();
        for (id, told) in lent::heard(&self.app, &self.held.portfolio_key).await? {
            let Some(kept) = self.kept.get_mut(&id) else { continue };
            for seen in told {
                if seen.at > kept.told_until {
                    kept.told_until = seen.at;
                    let heard = Heard { channel: kept.standby, by: By::Send, at: seen.at, ms: seen.ms, why: seen.why };
                    kept.note(&heard, now);
                }
            }
        }
        Ok(())
    }

    fn listen(&mut self) {
        let now = self.app.now();
        let ears = self.ears.get_or_insert_with(|| self.app.routes.listen());
        loop {
            match ears.try_recv() {
                Ok(heard) => self.kept.values_mut().for_each(|kept| kept.note(&heard, now)),
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    fn probe(&mut self) {
        let now = self.app.now();
        for (id, kept) in &mut self.kept {
            for side in kept.route.due(&kept.settings, now) {
                kept.route.probing(side, now);
                kept.dirty = true;
                let target = if side == Side::Primary { *id } else { kept.standby };
                tokio::spawn(ask(self.app.clone(), target));
            }
        }
    }

    async fn store(&mut self) -> Result<()> {
        let dirty: Vec<ChannelId> = self.kept.iter().filter(|(_, kept)| kept.dirty).map(|(id, _)| *id).collect();
        for id in dirty {
            let Some(kept) = self.kept.get_mut(&id) else { continue };
            match write(&self.app, &self.held, id, kept).await {
                Ok(Some(row)) => {
                    kept.row = row;
                    kept.dirty = false;
                    if !kept.switches.is_empty() {
                        kept.switches.clear();
                        self.app.feeds.wake();
                    }
                }
                // A person changed it meanwhile: what was decided on the old one is decided anew.
                Ok(None) => {
                    self.kept.remove(&id);
                    self.loaded = None;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Stores a route as this lane's owner; `None` when somebody else changed it meanwhile.
async fn write(app: &App, held: &HeldSend, id: ChannelId, kept: &Kept) -> Result<Option<RouteRow>> {
    let now = app.now();
    let state = serde_json::to_value(&kept.route).map_err(|error| Error::Internal(error.to_string()))?;
    let active = kept.route.active.code().to_owned();
    let row = RouteRow { active, state, updated_at: now.0, ..kept.row.clone() };
    let tx = app.store.workspace(WorkspaceId(row.workspace_id)).write().await?;
    fence_send(&tx, app.store.node_id(), held).await?;
    let row = match rows::put(&tx, row).await {
        Ok(row) => row,
        Err(StoreError::Stale(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    for switch in &kept.switches {
        alert::raise(&tx, id, kept.standby, *switch, &kept.route, now).await?;
        metrics::counter!("rapport_route_switches_total", "to" => switch.to.code()).increment(1);
        tracing::warn!(channel = %id, to = switch.to.code(), reason = switch.reason.code(), "messages go another way");
    }
    tx.commit().await?;
    Ok(Some(row))
}

/// Asks the provider about a number: harmless, and as far as a message goes.
async fn ask(app: App, id: ChannelId) {
    let channel = match app.channels.get(id).await {
        Ok(found) => found.filter(|channel| !channel.secrets.access_token.expose().is_empty()),
        Err(error) => {
            tracing::debug!(%error, "a route cannot be probed now");
            return;
        }
    };
    let (ms, why) = match channel {
        None => (None, Some("the channel was disconnected".to_owned())),
        Some(channel) => {
            if let Err(failure) = calls::take(&app, &channel, Priority::Reply).await {
                // Says nothing of the provider.
                tracing::debug!(%failure, "a route cannot be probed now");
                return;
            }
            match number::first_probe(&app, &channel.access(&app.settings)).await {
                Ok(probe) => (Some(probe.latency_ms), None),
                Err(error) => (None, Some(error.text().to_owned())),
            }
        }
    };
    app.routes.tell(Heard { channel: id, by: By::Probe, at: app.now(), ms, why });
    app.bells.send.ring();
}
