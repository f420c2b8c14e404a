//! What happens at the doors of channels, counted in memory and written every few seconds: a flood of forged
//! deliveries costs the database no more than one does.

use super::{blocked, secret};
use crate::error::Result;
use crate::jobs::Job;
use crate::state::App;
use rapport_core::time::MINUTE;
use rapport_core::{ChannelId, Ms, WorkspaceId};
use rapport_store::counter;
use rapport_store::job::NewJob;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often what was counted is written.
const FLUSH: Duration = Duration::from_secs(5);
/// How long a look at a channel waits whose events come again: they go on coming, and one look is enough for many.
/// Milliseconds.
const LOOK_MS: i64 = MINUTE;

/// Counts that are not written yet. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<Mutex<HashMap<(WorkspaceId, ChannelId), Noted>>>);

/// What is noted about one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Noted {
    event: Option<Ms>,
    handshake: Option<Ms>,
    refused: i64,
    refused_at: Option<Ms>,
    newest: Option<Ms>,
    older: Option<Ms>,
}

impl Noted {
    fn join(&mut self, other: Self) {
        self.event = self.event.max(other.event);
        self.handshake = self.handshake.max(other.handshake);
        self.refused += other.refused;
        self.refused_at = self.refused_at.max(other.refused_at);
        self.newest = self.newest.max(other.newest);
        self.older = self.older.max(other.older);
    }

    /// What is remembered among a channel's settings.
    fn kept(&self) -> [(&'static str, Option<Ms>); 4] {
        [
            ("handshake_at", self.handshake),
            ("refused_at", self.refused_at),
            (secret::NEWEST_AT, self.newest),
            (secret::OLDER_AT, self.older),
        ]
    }
}

impl Tally {
    /// A delivery was accepted.
    pub fn event(&self, workspace: WorkspaceId, channel: ChannelId, at: Ms) {
        self.note(workspace, channel, Noted { event: Some(at), ..Noted::default() });
    }

    /// The provider verified the webhook.
    pub fn handshake(&self, workspace: WorkspaceId, channel: ChannelId, at: Ms) {
        self.note(workspace, channel, Noted { handshake: Some(at), ..Noted::default() });
    }

    /// While several secrets are valid: a delivery was signed with the newest, or with one before it.
    pub fn signed(&self, workspace: WorkspaceId, channel: ChannelId, newest: bool, at: Ms) {
        let (newest, older) = if newest { (Some(at), None) } else { (None, Some(at)) };
        self.note(workspace, channel, Noted { newest, older, ..Noted::default() });
    }

    /// A delivery was refused for its signature.
    pub fn refused(&self, workspace: WorkspaceId, channel: ChannelId, at: Ms) {
        self.note(workspace, channel, Noted { refused: 1, refused_at: Some(at), ..Noted::default() });
    }

    fn note(&self, workspace: WorkspaceId, channel: ChannelId, noted: Noted) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry((workspace, channel)).or_default().join(noted);
    }

    fn take(&self) -> BTreeMap<WorkspaceId, Vec<(ChannelId, Noted)>> {
        let taken = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut by_workspace: BTreeMap<WorkspaceId, Vec<(ChannelId, Noted)>> = BTreeMap::new();
        for ((workspace, channel), noted) in taken {
            by_workspace.entry(workspace).or_default().push((channel, noted));
        }
        for channels in by_workspace.values_mut() {
            // Always the same order, so that two nodes that write the same channels cannot wait for each other.
            channels.sort_by_key(|(channel, _)| *channel);
        }
        by_workspace
    }
}

/// Starts writing; ends, after a last time, when the app stops.
#[must_use]
pub fn start(app: &App) -> JoinHandle<()> {
    let app = app.clone();
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(FLUSH);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let last = app.shutdown.run_until_cancelled(tick.tick()).await.is_none();
            flush(&app).await;
            if last {
                return;
            }
        }
    })
}

/// Writes what was counted; what cannot be written is kept for the next time.
pub async fn flush(app: &App) {
    for (workspace, channels) in app.tally.take() {
        if let Err(error) = write(app, workspace, &channels).await {
            tracing::warn!(%error, "what happened at channels cannot be noted now");
            for (channel, noted) in channels {
                app.tally.note(workspace, channel, noted);
            }
        }
    }
}

async fn write(app: &App, workspace: WorkspaceId, channels: &[(ChannelId, Noted)]) -> Result<()> {
    let tx = app.store.workspace(workspace).write().await?;
    let mut looks = Vec::new();
    for (channel, noted) in channels {
        looks.extend(look(&tx, *channel, noted, app.now()).await?);
        if noted.kept().iter().any(|(_, at)| at.is_some()) {
            remember(&tx, *channel, noted).await?;
        }
        if let Some(at) = noted.event {
            rapport_store::channel::touch(&tx, *channel, at).await?;
        }
    }
    for (channel, noted) in channels {
        if noted.refused > 0 {
            let now = noted.refused_at.unwrap_or_else(|| app.now());
            counter::count(&tx, Some(*channel), counter::REFUSED_SIGNATURE, noted.refused, now).await?;
        }
    }
    rapport_store::job::enqueue(&tx, looks, app.now()).await?;
    Ok(tx.commit().await?)
}

/// A look at a channel that something at our own door blocked, now that the provider reaches us.
async fn look(tx: &rapport_store::WriteTx, channel: ChannelId, noted: &Noted, now: Ms) -> Result<Option<NewJob>> {
    if noted.handshake.is_none() && noted.event.is_none() {
        return Ok(None);
    }
    let due = if noted.handshake.is_some() { now } else { now.plus(LOOK_MS) };
    let row = rapport_store::channel::get_for_write(tx, channel).await?.filter(blocked::at_our_door);
    Ok(row.map(|_| Job::RefreshChannel { channel_id: channel }.row_at(due)))
}

async fn remember(tx: &rapport_store::WriteTx, channel: ChannelId, noted: &Noted) -> Result<()> {
    let Some(mut row) = rapport_store::channel::get_for_write(tx, channel).await? else { return Ok(()) };
    if !row.settings.is_object() {
        row.settings = json!({});
    }
    for (name, at) in noted.kept() {
        if let Some(at) = at {
            row.settings[name] = at.0.into();
        }
    }
    Ok(rapport_store::channel::update(tx, row).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_of_a_channel_are_joined() {
        let (workspace, channel) = (WorkspaceId(uuid::Uuid::nil()), ChannelId(uuid::Uuid::max()));
        let tally = Tally::default();
        tally.event(workspace, channel, Ms(5));
        tally.event(workspace, channel, Ms(3));
        tally.refused(workspace, channel, Ms(4));
        tally.refused(workspace, channel, Ms(6));
        tally.signed(workspace, channel, true, Ms(7));
        tally.signed(workspace, channel, false, Ms(8));
        tally.signed(workspace, channel, true, Ms(3));
        let expected = Noted {
            event: Some(Ms(5)),
            handshake: None,
            refused: 2,
            refused_at: Some(Ms(6)),
            newest: Some(Ms(7)),
            older: Some(Ms(8)),
        };
        assert_eq!(tally.take(), BTreeMap::from([(workspace, vec![(channel, expected)])]));
        assert!(tally.take().is_empty());
    }
}
