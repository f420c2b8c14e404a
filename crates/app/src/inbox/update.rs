//! What the team does to a conversation: assign, prioritise, snooze, resolve, look at.

use super::Rooms;
use super::list::get;
use super::release;
use super::room::{Room, actor};
use super::snooze::{self, SnoozeWord};
use super::view::ConversationView;
use super::words::{PriorityWord, StatusWord, given};
use crate::audit::Change as Audited;
use crate::auth::{Caller, Permission};
use crate::closing::{self, Checked, ClosingNote};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::routing::assign;
use crate::state::App;
use rapport_core::contact::Window;
use rapport_core::inbox::{self, Command, CommandError, ConversationState, ConversationStatus, Decision};
use rapport_core::{ConversationId, Ms, TeamId, UserId};
use rapport_store::Read;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// What may be changed about a conversation; what is left out stays, null takes away.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConversationPatch {
    /// Where it stands; `snoozed` needs `snoozed_until`.
    pub status: Option<StatusWord>,
    /// How urgent it is.
    pub priority: Option<PriorityWord>,
    /// Who answers.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    pub assignee_id: Option<Option<Uuid>>,
    /// Which team answers.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    pub team_id: Option<Option<Uuid>>,
    /// When it comes back, milliseconds UTC; a moment snoozes it, null wakes a snoozed one.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub snoozed_until: Option<Option<i64>>,
    /// The same in words; comes in the place of `snoozed_until`.
    pub snooze: Option<SnoozeWord>,
    /// Whose clock the words mean, an IANA name; left out = the workspace's.
    pub timezone: Option<String>,
    /// What is said about a conversation that is being resolved.
    pub closing: Option<ClosingNote>,
}

/// Changes a conversation. All of it or nothing; what changed stands as quiet lines in the thread.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the field), `Conflict` (`conversation_exists` when reopening would give the
/// customer two open ones), `Store`.
pub async fn update(
    app: &App,
    caller: &Caller,
    id: ConversationId,
    patch: ConversationPatch,
) -> Result<ConversationView> {
    caller.require(Permission::InboxWrite)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = rapport_store::conversation::get(&read, id).await?.ok_or(Error::NotFound(Rooms::NOUN))?;
    let id = ConversationId(row.id);
    let resolved = row.status == ConversationStatus::Resolved.code();
    let wanted = Wanted::check(app, caller, &read, patch, resolved).await?;
    let mut room = Rooms::enter(app, caller.workspace, id, None).await?;
    let Some(after) = apply(app, caller, &mut room, wanted).await? else {
        return get(app, caller, id).await;
    };
    let concerned = assign::concerns(&room.conversation, &after);
    room.tx.commit().await?;
    app.feeds.wake();
    if concerned {
        assign::call(app, caller.workspace).await?;
    }
    get(app, caller, id).await
}

/// A change that was checked as far as it can be without the conversation's lock.
pub(crate) struct Wanted {
    patch: ConversationPatch,
    agent: Option<(UserId, String)>,
    closing: Checked,
}

impl Wanted {
    /// Checks a change of a conversation that is `resolved` or not.
    ///
    /// # Errors
    /// `Invalid` (naming the field), `Store`.
    pub async fn check(
        app: &App,
        caller: &Caller,
        read: &Read,
        mut patch: ConversationPatch,
        resolved: bool,
    ) -> Result<Self> {
        if let Some(word) = patch.snooze {
            if patch.snoozed_until.is_some() {
                return Err(Error::invalid("snooze", "and snoozed_until are two ways to say the same: give one"));
            }
            let until = snooze::moment(app, caller.workspace, word, patch.timezone.as_deref()).await?;
            patch.snoozed_until = Some(Some(until.0));
        }
        let agent = match patch.assignee_id {
            Some(Some(agent)) => Some(agent_of(read, agent.into()).await?),
            _ => None,
        };
        let resolves = patch.status == Some(StatusWord::Resolved) && !resolved;
        let closing = closing::check(read, patch.closing.as_ref(), resolves).await?;
        Ok(Self { patch, agent, closing })
    }

    /// Whether the change could be made now: decides it in the conversation's lane and leaves everything as it is. For
    /// whoever does something before it that cannot be taken back.
    ///
    /// # Errors
    /// What [`apply`] says.
    pub async fn rehearse(&self, app: &App, caller: &Caller, id: ConversationId) -> Result<()> {
        let room = Rooms::enter(app, caller.workspace, id, None).await?;
        let judged = decide(caller, &room, self).await.map(drop);
        room.tx.rollback().await?;
        judged
    }
}

/// Applies a checked change in the conversation's lane, without committing; gives the conversation as it is then, when
/// anything changed.
pub(crate) async fn apply(
    app: &App,
    caller: &Caller,
    room: &mut Room,
    wanted: Wanted,
) -> Result<Option<ConversationState>> {
    let known = room.conversation.clone();
    let who = actor(caller);
    let decision = decide(caller, room, &wanted).await?;
    let closing = wanted.closing;
    if decision.changes.is_empty() {
        return Ok(None);
    }
    room.write(decision.changes).await?;
    let after = room.book.conversation(known.id).cloned().unwrap_or_else(|| known.clone());
    wake_later(room, &after).await?;
    closing::ended(app, room, (&known, &after), &closing, &who).await?;
    let change = difference(&known, &after);
    crate::audit::record(&room.tx, room.now, caller, "conversation.updated", (Rooms::NOUN, known.id.0), change).await?;
    Ok(Some(after))
}

/// What a checked change leads to.
async fn decide(caller: &Caller, room: &Room, wanted: &Wanted) -> Result<Decision> {
    let gone = release::had(&room.tx, std::iter::once(&room.conversation)).await?;
    let commands = gone.before_reopening(&room.conversation, commands(room, wanted).await?);
    let another = room.another_open().await?;
    let who = actor(caller);
    room.decide(|context, fresh| inbox::run(&room.conversation, &commands, &who, another, context, fresh))
        .map_err(refused)
}

async fn commands(room: &Room, Wanted { patch, agent, closing }: &Wanted) -> Result<Vec<Command>> {
    let mut commands = Vec::new();
    let snoozed = room.conversation.status == ConversationStatus::Snoozed;
    let until = patch.snoozed_until;
    let status = patch.status.map(ConversationStatus::from).or(match until {
        Some(Some(_)) => Some(ConversationStatus::Snoozed),
        Some(None) if snoozed => Some(ConversationStatus::Open),
        _ => None,
    });
    if let Some(status) = status {
        if status != ConversationStatus::Snoozed && until.flatten().is_some() {
            return Err(Error::invalid("snoozed_until", "is only for the status snoozed"));
        }
        commands.push(match status {
            ConversationStatus::Resolved => {
                Command::Close { category: closing.category.clone(), note: closing.note.clone() }
            }
            other => Command::SetStatus(other, until.flatten().map(Ms)),
        });
    }
    if let Some(priority) = patch.priority {
        commands.push(Command::SetPriority(priority.into()));
    }
    if patch.assignee_id.is_some() {
        commands.push(Command::Assign(agent.clone()));
    }
    if let Some(team) = patch.team_id {
        commands.push(Command::SetTeam(match team {
            Some(id) => Some(team_of(room, id.into()).await?),
            None => None,
        }));
    }
    Ok(commands)
}

pub(crate) async fn agent_of(read: &Read, id: UserId) -> Result<(UserId, String)> {
    match rapport_store::user::get(read, id).await? {
        Some(row) if row.disabled_at.is_none() => Ok((id, row.name)),
        Some(_) => Err(Error::invalid("assignee_id", "names a user who is switched off")),
        None => Err(Error::invalid("assignee_id", "names a user who does not exist")),
    }
}

async fn team_of(room: &Room, id: TeamId) -> Result<(TeamId, String)> {
    match rapport_store::team::get_for_write(&room.tx, id).await? {
        Some((row, _)) => Ok((id, row.name)),
        None => Err(Error::invalid("team_id", "names a team that does not exist")),
    }
}

pub(crate) fn refused(error: CommandError) -> Error {
    match error {
        CommandError::SnoozeInPast => Error::invalid("snoozed_until", "must lie in the future"),
        CommandError::AlreadyOpen => Error::conflict("conversation_exists", format!("{error}.")),
    }
}

/// A snoozed conversation comes back by itself.
pub(super) async fn wake_later(room: &Room, after: &ConversationState) -> Result<()> {
    let Some(until) = after.snoozed_until else { return Ok(()) };
    let job = Job::Wake { conversation_id: after.id };
    Ok(rapport_store::job::enqueue(&room.tx, vec![job.row_at(until)], room.now).await?)
}

/// The values that differ, for the audit log.
pub(crate) fn difference(before: &ConversationState, after: &ConversationState) -> Audited {
    let values = |row: &ConversationState| {
        [
            ("status", json!(row.status)),
            ("priority", json!(row.priority)),
            ("assignee_id", json!(row.assignee_id)),
            ("team_id", json!(row.team_id)),
            ("snoozed_until", json!(row.snoozed_until)),
        ]
    };
    let (mut was, mut is) = (Map::new(), Map::new());
    for ((name, old), (_, new)) in values(before).into_iter().zip(values(after)) {
        if old != new {
            was.insert(name.to_owned(), old);
            is.insert(name.to_owned(), new);
        }
    }
    Audited { before: Some(Value::Object(was)), after: Some(Value::Object(is)) }
}

/// Somebody looked at a conversation: nothing is unread any more, and while its window is open the customer sees blue
/// ticks.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn mark_read(app: &App, caller: &Caller, id: ConversationId) -> Result<()> {
    caller.require(Permission::InboxWrite)?;
    let row = rapport_store::conversation::get(&app.store.workspace(caller.workspace).read(), id).await?;
    let row = row.ok_or(Error::NotFound(Rooms::NOUN))?;
    let id = ConversationId(row.id);
    super::watch::seen(app, caller, &row).await?;
    // Browsers say so at every look: most of the time there is nothing to do, and nothing is locked.
    if row.unread == 0 {
        return Ok(());
    }
    let mut room = Rooms::enter(app, caller.workspace, id, None).await?;
    let known = room.conversation.clone();
    let who = actor(caller);
    let decision = room
        .decide(|context, fresh| inbox::run(&known, &[Command::MarkRead], &who, false, context, fresh))
        .map_err(refused)?;
    if known.unread > 0 && Window::new(known.window_expires_at).is_open(room.now) {
        let job = Job::MarkRead { conversation_id: id, typing: false };
        rapport_store::job::enqueue(&room.tx, vec![job.row(room.now)], room.now).await?;
    }
    room.write(decision.changes).await?;
    room.tx.commit().await?;
    app.feeds.wake();
    app.bells.jobs.ring();
    Ok(())
}
