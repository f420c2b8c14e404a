//! Carrying a change to many out, batch by batch.

use super::tags::{Planned, Tagged, Tags};
use super::{Kept, Stored, state, stored};
use crate::audit::Change as Audited;
use crate::closing;
use crate::contact::update::{Pen, write};
use crate::error::{Error, Result};
use crate::inbox::release;
use crate::jobs::{Job, Outcome};
use crate::state::App;
use rapport_core::inbox::undo::{Before, Values, answered, undo};
use rapport_core::inbox::{
    self, Actor, Book, Command, CommandError, Context, ConversationState, ConversationStatus, Decision, FeedEvent,
    Gone, Policy,
};
use rapport_core::{ContactId, ConversationId, Ms, TeamId, UserId, WorkspaceId};
use rapport_store::audit_log::Line;
use rapport_store::bulk::{self, BulkRow, Item, Turn};
use rapport_store::{Read, WriteTx, ingest};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Conversations of one transaction: it holds their lanes for some milliseconds.
pub const BATCH: u64 = 50;
/// Batches of one turn of the job; then others have theirs.
const BATCHES: usize = 4;

/// Goes on with a change.
///
/// # Errors
/// What the store said; nothing of the batch is done then.
pub async fn run(app: &App, workspace: WorkspaceId, id: Uuid) -> Result<Outcome> {
    let policy = app.channels.policy(workspace).await?;
    for _ in 0..BATCHES {
        if batch(app, workspace, id, &policy).await? {
            return Ok(Outcome::Done);
        }
    }
    Ok(Outcome::Again { at: app.now() })
}

/// Who a change that takes back gives conversations to: those who are there and can sign in.
#[derive(Default)]
struct Names {
    users: HashMap<UserId, String>,
    teams: HashMap<TeamId, String>,
}

impl Names {
    async fn of(read: &Read, items: &[Waiting]) -> Result<Self> {
        let (mut names, mut teams) = (Self::default(), BTreeSet::new());
        for before in items.iter().filter_map(|item| item.before.as_ref()).map(|kept| &kept.values) {
            if let Some(user) = before.was.assignee_id
                && !names.users.contains_key(&user)
                && let Some(row) = rapport_store::user::get(read, user).await?.filter(|row| row.disabled_at.is_none())
            {
                names.users.insert(user, row.name);
            }
            teams.extend(before.was.team_id);
        }
        if !teams.is_empty() {
            let rows = rapport_store::team::some(read, &teams.into_iter().collect::<Vec<_>>()).await?;
            names.teams = rows.into_iter().map(|row| (TeamId(row.id), row.name)).collect();
        }
        Ok(names)
    }
}

/// A conversation that waits for its turn.
struct Waiting {
    id: ConversationId,
    /// What it was, for taking back.
    before: Option<Kept>,
    /// None when it is gone.
    lane: Option<u16>,
}

impl Waiting {
    fn read((id, before, lane): (Uuid, Option<Value>, Option<u16>)) -> Self {
        let before = before.and_then(|json| serde_json::from_value(json).ok());
        Self { id: ConversationId(id), before, lane }
    }
}

/// One batch; true when the change has ended.
async fn batch(app: &App, workspace: WorkspaceId, id: Uuid, policy: &Policy) -> Result<bool> {
    let rules = app.channels.rules(workspace).await?;
    let connections = app.channels.connections(workspace).await?;
    let chats = app.channels.chats(workspace).await?;
    let scope = app.store.workspace(workspace);
    let read = scope.read();
    let items: Vec<Waiting> = bulk::waiting(&read, id, BATCH).await?.into_iter().map(Waiting::read).collect();
    let names = Names::of(&read, &items).await?;
    let lanes: BTreeSet<u16> = items.iter().filter_map(|item| item.lane).collect();
    let lanes: Vec<u16> = lanes.into_iter().collect();
    let tx = scope.write().await?;
    tx.lock_lanes(&lanes).await?;
    let Some(row) = bulk::get_for_write(&tx, id).await? else { return Ok(true) };
    if row.state != state::RUNNING {
        return Ok(true);
    }
    let now = app.now();
    let stored = stored(&row)?;
    let mut book = load(&tx, &items).await?;
    book.know_chats(chats);
    let gone = release::had(&tx, book.conversations()).await?;
    let tags = Tags::of(&tx, &stored, items.iter().filter_map(|item| item.before.as_ref())).await?;
    let pen = Pen { tx: &tx, connections: &connections, rules: &rules, cause: None, now };
    let mut work = Work {
        pen: &pen,
        row: &row,
        stored: &stored,
        names: &names,
        tags: &tags,
        lanes: &lanes,
        gone: &gone,
        policy,
        book,
        done: Done::default(),
    };
    for item in &items {
        work.one(item).await?;
    }
    let Work { mut book, done, .. } = work;
    let batch = book.drain();
    ingest::save(&tx, &batch, now).await?;
    crate::rule::listen::hear(&tx, &rules, &batch, now).await?;
    rapport_store::audit_log::append(&tx, done.audit).await?;
    rapport_store::job::enqueue(&tx, done.wakes, now).await?;
    for row in done.closings {
        rapport_store::closing::insert(&tx, row).await?;
    }
    bulk::mark(&tx, id, &done.items).await?;
    let ended = items.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) && done.items.len() == items.len();
    let row = advanced(row, &done.items, ended, now);
    tell(&tx, &row, now).await?;
    bulk::update(&tx, row).await?;
    tx.commit().await?;
    app.feeds.wake();
    app.bells.jobs.ring();
    Ok(ended)
}

fn advanced(mut row: BulkRow, items: &[Item], ended: bool, now: Ms) -> BulkRow {
    let count = |turn: Option<Turn>| {
        let of = items.iter().filter(|item| turn.is_none_or(|turn| item.turn == turn));
        i32::try_from(of.count()).unwrap_or(i32::MAX)
    };
    row.done += count(None);
    row.changed += count(Some(Turn::Changed));
    row.refused += count(Some(Turn::Refused));
    row.updated_at = now.0;
    if ended {
        row.state = state::DONE.to_owned();
    }
    row
}

/// Tells browsers how far a change is.
pub(super) async fn tell(tx: &WriteTx, row: &BulkRow, at: Ms) -> Result<()> {
    let data = json!({ "bulk_id": row.id, "state": row.state, "total": row.total, "done": row.done });
    let event = FeedEvent { kind: "bulk.updated", at, conversation_id: None, contact_id: None, message_id: None, data };
    Ok(rapport_store::feed::append(tx, &[event]).await?)
}

/// The conversations, and for each of their customers the one that is not resolved on each channel.
async fn load(tx: &WriteTx, items: &[Waiting]) -> Result<Book> {
    let ids: Vec<ConversationId> = items.iter().map(|item| item.id).collect();
    let own = ingest::load_conversations(tx, &ids).await?;
    let people: BTreeSet<ContactId> = own.conversations().map(|row| row.contact_id).collect();
    let people: Vec<ContactId> = people.into_iter().collect();
    let mut book = ingest::load_contacts(tx, &people, &[]).await?;
    let rows: Vec<ConversationState> = own.conversations().cloned().collect();
    for row in rows {
        book.load_conversation(row);
    }
    Ok(book)
}

/// What a batch leads to.
#[derive(Default)]
struct Done {
    items: Vec<Item>,
    audit: Vec<Line>,
    wakes: Vec<rapport_store::job::NewJob>,
    closings: Vec<rapport_store::closing::ClosingRow>,
}

/// A batch at work.
struct Work<'a> {
    pen: &'a Pen<'a>,
    row: &'a BulkRow,
    stored: &'a Stored,
    names: &'a Names,
    tags: &'a Tags,
    lanes: &'a [u16],
    gone: &'a Gone,
    policy: &'a Policy,
    book: Book,
    done: Done,
}

impl Work<'_> {
    /// One conversation's turn, with its customer's tags: all of it or nothing. One that moved to another lane meanwhile has
    /// it in the next batch.
    async fn one(&mut self, item: &Waiting) -> Result<()> {
        let Some(known) = self.book.conversation(item.id).cloned() else {
            self.ends(item.id, Turn::Refused, None);
            return Ok(());
        };
        if !self.lanes.contains(&known.lane) {
            return Ok(());
        }
        let undone = item.before.as_ref().filter(|_| self.row.undo_of.is_some());
        let planned = match self.tags.plan(self.pen.tx, known.contact_id, undone).await {
            Ok(planned) => planned,
            Err(Error::Invalid { .. } | Error::NotFound(_)) => {
                self.ends(item.id, Turn::Refused, None);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        match self.decide(&known, item.before.as_ref()) {
            Err(_) => self.ends(item.id, Turn::Refused, None),
            Ok(decision) => {
                let moved = !decision.changes.is_empty();
                self.book.apply(decision.changes);
                let tags = self.retag(&known, planned).await?;
                if moved || !tags.is_empty() {
                    self.changed(&known, moved, tags);
                } else {
                    self.ends(item.id, Turn::Same, None);
                }
            }
        }
        Ok(())
    }

    fn decide(&self, known: &ConversationState, before: Option<&Kept>) -> std::result::Result<Decision, CommandError> {
        let now = self.pen.now;
        let commands = self.gone.before_reopening(known, self.commands(known, before));
        let another = self.another_open(known);
        let mut fresh = || self.pen.tx.new_id(now);
        let context = Context {
            channel_id: known.channel_id,
            workspace_id: self.pen.tx.workspace(),
            lane: known.lane,
            locked: &|_| true,
            received_at: now,
            wait_until: None,
            now,
            policy: self.policy,
        };
        inbox::run(known, &commands, &self.actor(), another, &context, &mut fresh)
    }

    fn actor(&self) -> Actor {
        Actor { kind: self.row.actor_kind.clone(), id: self.row.actor_id, name: Some(self.row.actor_name.clone()) }
    }

    /// Writes what was planned for the customer's tags.
    async fn retag(&mut self, known: &ConversationState, planned: Option<Planned>) -> Result<Tagged> {
        let Some(Planned { before, after, tags }) = planned else { return Ok(Tagged::default()) };
        let Some(change) = write(self.pen, &before, after).await? else { return Ok(Tagged::default()) };
        self.note("contact.updated", ("contact", known.contact_id.0), change);
        Ok(tags)
    }

    fn commands(&self, known: &ConversationState, before: Option<&Kept>) -> Vec<Command> {
        if self.row.undo_of.is_some() {
            let Some(Kept { values: before, .. }) = before else { return Vec::new() };
            let user = |id| self.names.users.get(&id).cloned();
            let team = |id| self.names.teams.get(&id).cloned();
            return undo((&Values::from(known), answered(known)), before, self.pen.now, &user, &team);
        }
        let Stored { action, assignee_name, team_name } = self.stored;
        let mut commands = Vec::new();
        if let Some(status) = action.status {
            commands.push(Command::SetStatus(status.into(), action.snoozed_until.map(Ms)));
        }
        if let Some(priority) = action.priority {
            commands.push(Command::SetPriority(priority.into()));
        }
        if let Some(agent) = action.assignee_id {
            commands.push(Command::Assign(agent.map(|id| (UserId(id), assignee_name.clone().unwrap_or_default()))));
        }
        if let Some(team) = action.team_id {
            commands.push(Command::SetTeam(team.map(|id| (TeamId(id), team_name.clone().unwrap_or_default()))));
        }
        if action.read {
            commands.push(Command::MarkRead);
        }
        commands
    }

    /// Whether the customer has another conversation on the channel, or on another one with its number, that is not
    /// resolved; one that this batch opened counts.
    fn another_open(&self, own: &ConversationState) -> bool {
        let other = |row: &ConversationState| {
            row.id != own.id
                && row.contact_id == own.contact_id
                && self.book.chats().share(own.channel_id, row.channel_id)
                && row.status != ConversationStatus::Resolved
        };
        self.book.conversations().any(other)
    }

    fn ends(&mut self, id: ConversationId, turn: Turn, before: Option<Value>) {
        self.done.items.push(Item { conversation: id.0, turn, before });
    }

    fn changed(&mut self, known: &ConversationState, moved: bool, tags: Tagged) {
        let after = self.book.conversation(known.id).cloned().unwrap_or_else(|| known.clone());
        let values = Before { was: Values::from(known), is: Values::from(&after) };
        let worth = values.was != values.is || !tags.is_empty();
        let kept = worth.then(|| serde_json::to_value(Kept { values, tags }).unwrap_or_default());
        self.ends(after.id, Turn::Changed, kept);
        if !moved {
            return;
        }
        let said = closing::Checked::default();
        let closed = closing::row(self.pen.tx, self.pen.now, (known, &after), &said, &self.actor());
        self.done.closings.extend(closed);
        if let Some(until) = after.snoozed_until {
            self.done.wakes.push(Job::Wake { conversation_id: after.id }.row_at(until));
        }
        let change = crate::inbox::update::difference(known, &after);
        self.note("conversation.updated", ("conversation", after.id.0), change);
    }

    fn note(&mut self, action: &str, (kind, id): (&str, Uuid), change: Audited) {
        self.done.audit.push(Line {
            at: self.pen.now,
            actor_kind: self.row.actor_kind.clone(),
            actor_id: self.row.actor_id,
            action: action.to_owned(),
            target_kind: kind.to_owned(),
            target_id: id.to_string(),
            before: change.before,
            after: change.after,
            source: format!("bulk:{}", self.row.id),
        });
    }
}
