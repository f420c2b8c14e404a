//! Something happened in a conversation: whose devices are told?

use super::wants;
use crate::error::Result;
use crate::jobs::{Job, Outcome};
use crate::routing::hours::hours;
use crate::state::App;
use rapport_core::message::Content;
use rapport_core::notice::{News, Person, STALE_MS, Wants, Why, why};
use rapport_core::routing::{Hours, Presence};
use rapport_core::{ConversationId, MessageId, Ms, UserId, WorkspaceId};
use rapport_store::conversation::ConversationRow;
use rapport_store::push::{self, DeviceRow};
use rapport_store::query::thread;
use rapport_store::{Read, routing};
use std::collections::HashMap;
use uuid::Uuid;

/// What happened, read from the database.
pub(super) struct Happened {
    /// The conversation as it is now.
    pub row: ConversationRow,
    /// The note; without one it is the customer's last message.
    pub note: Option<Note>,
}

/// A note that mentions somebody.
pub(super) struct Note {
    /// Its text.
    pub body: String,
    /// Whom it mentions.
    mentions: Vec<Uuid>,
    /// Who wrote it.
    author: Option<Uuid>,
    /// Their name.
    pub by: String,
    at: Ms,
}

impl Happened {
    /// Reads it; `None` when it is no news any more.
    pub async fn load(read: &Read, id: ConversationId, note: Option<MessageId>) -> Result<Option<Self>> {
        let Some(row) = rapport_store::conversation::get(read, id).await? else { return Ok(None) };
        let Some(note) = note else { return Ok(Some(Self { row, note: None })) };
        let line = thread::by_id(read, &[note]).await?.pop();
        let Some(line) = line.filter(|line| line.row.revoked_at.is_none()) else { return Ok(None) };
        let Content::Note { body, mentions } = line.content else { return Ok(None) };
        let note = Note {
            body,
            mentions,
            author: line.row.author_id,
            by: line.row.author_name.unwrap_or_default(),
            at: Ms(line.row.created_at),
        };
        Ok(Some(Self { row, note: Some(note) }))
    }

    /// When it was. Milliseconds UTC.
    pub fn at(&self) -> Ms {
        self.note.as_ref().map_or(Ms(self.row.last_inbound_at.unwrap_or(0)), |note| note.at)
    }

    fn news(&self) -> News<'_> {
        match &self.note {
            Some(note) => News::Note { author: note.author, mentions: &note.mentions },
            None => {
                News::Message { assignee: self.row.assignee_id, team: self.row.team_id, unread: self.row.unread > 0 }
            }
        }
    }

    /// The only people it can concern; `None`: everybody.
    fn concerned(&self) -> Option<Vec<Uuid>> {
        match &self.note {
            Some(note) => Some(note.mentions.clone()),
            None => self.row.assignee_id.map(|id| vec![id]),
        }
    }
}

/// Working hours, by their place.
pub(super) struct Rota {
    workspace: Uuid,
    hours: HashMap<Uuid, Hours>,
}

impl Rota {
    /// Reads them.
    pub async fn load(read: &Read) -> Result<Self> {
        let places = routing::places(read).await?;
        let hours = places.iter().filter_map(|row| Some((row.place_id, hours(row.hours.as_ref())?))).collect();
        Ok(Self { workspace: read.workspace().0, hours })
    }

    /// Whether somebody works now: by their shift, else by the hours of a team of theirs, else by the workspace's.
    fn is_working(&self, shift: Option<&Hours>, teams: &[Uuid], now: Ms) -> bool {
        let own = shift.or_else(|| teams.iter().find_map(|team| self.hours.get(team)));
        own.or_else(|| self.hours.get(&self.workspace)).is_none_or(|hours| hours.is_open(now))
    }
}

/// Why a user is told of something now; `None` when they are not.
pub(super) async fn told(
    app: &App,
    read: &Read,
    rota: &Rota,
    happened: &Happened,
    user: UserId,
    wanted: &Wants,
) -> Result<Option<Why>> {
    let now = app.now();
    let Some(known) = rapport_store::user::get(read, user).await? else { return Ok(None) };
    let teams: Vec<Uuid> = rapport_store::team::of_user(read, user).await?.into_iter().map(|team| team.0).collect();
    let shift = routing::agent(read, user).await?.and_then(|row| hours(row.shift.as_ref()));
    let person = Person {
        id: user,
        online: Presence::parse(&known.presence) == Presence::Online,
        working: rota.is_working(shift.as_ref(), &teams, now),
        looking: app.looking.is(user.0, ConversationId(happened.row.id), now),
        teams: &teams,
    };
    Ok(why(&happened.news(), &person, wanted, happened.at(), now))
}

/// Makes a job for each device that is told.
///
/// # Errors
/// What the store said.
pub(crate) async fn run(
    app: &App,
    workspace: WorkspaceId,
    id: ConversationId,
    note: Option<MessageId>,
) -> Result<Outcome> {
    let scope = app.store.workspace(workspace);
    let read = scope.read();
    let now = app.now();
    let Some(happened) = Happened::load(&read, id, note).await? else { return Ok(Outcome::Done) };
    if now.since(happened.at()) > STALE_MS {
        return Ok(Outcome::Done);
    }
    let mut devices = push::reachable(&read, happened.concerned().as_deref(), now).await?;
    if happened.concerned().is_none() {
        devices.retain(|device| wants(device).team);
    }
    if devices.is_empty() {
        return Ok(Outcome::Done);
    }
    let rota = Rota::load(&read).await?;
    let mut jobs = Vec::new();
    for device in devices {
        if is_told(app, &read, &rota, &happened, &device).await? {
            let job = Job::Push { device_id: device.id, conversation_id: id, note_id: note };
            jobs.push(job.row(now));
        }
    }
    if jobs.is_empty() {
        return Ok(Outcome::Done);
    }
    let tx = scope.write().await?;
    rapport_store::job::enqueue(&tx, jobs, now).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(Outcome::Done)
}

async fn is_told(app: &App, read: &Read, rota: &Rota, happened: &Happened, device: &DeviceRow) -> Result<bool> {
    Ok(told(app, read, rota, happened, UserId(device.user_id), &wants(device)).await?.is_some())
}
