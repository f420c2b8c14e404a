//! Channels that stand by for channels of another node: what is seen of them here is told to that node.
//!
//! Within one process the keeper of a route hears every send. Where the standby's lane belongs to another node, that node
//! writes what it saw next to the route, at most once a second and only while messages go over the standby.

use super::Heard;
use crate::error::Result;
use crate::state::App;
use rapport_core::route::By;
use rapport_core::{ChannelId, Ms};
use rapport_store::route::{self as rows, Lent as Row};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::TryRecvError;

/// How long the list of such channels is trusted.
const FRESH: Duration = Duration::from_secs(3);
/// Shortest time between two tellings.
const APART: Duration = Duration::from_secs(1);
/// What is told at once.
const TOLD_MAX: usize = 10;

/// One send over a standby.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// When it ended.
    pub at: Ms,
    /// How long the answer took, ms; `None`: there was none.
    pub ms: Option<i64>,
    /// Why there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// The channels of one send lane that stand by for channels of other nodes.
#[derive(Default)]
pub(super) struct Lent {
    rows: Vec<Row>,
    loaded: Option<Instant>,
    told: Option<Instant>,
    ears: Option<broadcast::Receiver<Heard>>,
    seen: HashMap<ChannelId, VecDeque<Seen>>,
    /// There is something that was not told.
    news: bool,
}

impl Lent {
    /// Listens, and tells what there is.
    ///
    /// # Errors
    /// What the store said.
    pub async fn tend(&mut self, app: &App, portfolio_key: &str) -> Result<()> {
        if self.loaded.is_none_or(|at| at.elapsed() >= FRESH) {
            self.rows = rows::lent(&app.store, portfolio_key).await?;
            self.loaded = Some(Instant::now());
        }
        if self.rows.is_empty() {
            (self.ears, self.news) = (None, false);
            self.seen.clear();
            return Ok(());
        }
        self.listen(app);
        if self.news && self.told.is_none_or(|at| at.elapsed() >= APART) {
            self.tell(app).await?;
        }
        Ok(())
    }

    fn listen(&mut self, app: &App) {
        let ears = self.ears.get_or_insert_with(|| app.routes.listen());
        loop {
            match ears.try_recv() {
                Ok(heard) if heard.by == By::Send && self.rows.iter().any(|row| row.standby == heard.channel) => {
                    let seen = self.seen.entry(heard.channel).or_default();
                    seen.push_back(Seen { at: heard.at, ms: heard.ms, why: heard.why });
                    if seen.len() > TOLD_MAX {
                        seen.pop_front();
                    }
                    self.news = true;
                }
                Ok(_) | Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    async fn tell(&mut self, app: &App) -> Result<()> {
        for row in &self.rows {
            let Some(seen) = self.seen.get(&row.standby) else { continue };
            let json = serde_json::to_value(seen).map_err(|error| crate::Error::Internal(error.to_string()))?;
            let tx = app.store.workspace(row.workspace).write().await?;
            rows::tell(&tx, row.primary, json).await?;
            tx.commit().await?;
        }
        (self.news, self.told) = (false, Some(Instant::now()));
        Ok(())
    }
}

/// What other nodes saw of the standbys of a lane's channels; what cannot be read is left out.
///
/// # Errors
/// What the store said.
pub(super) async fn heard(app: &App, portfolio_key: &str) -> Result<Vec<(ChannelId, Vec<Seen>)>> {
    let told = rows::heard(&app.store, portfolio_key).await?;
    Ok(told.into_iter().map(|(id, json)| (id, serde_json::from_value(json).unwrap_or_default())).collect())
}
