//! Carrying a change to many out, batch by batch.

use super::{Stored, state, stored};
use crate::closing;
use crate::error::Result;
use crate::inbox::release;
use crate::jobs::{Job, Outcome};
use crate::state::App;
use rapport_core::inbox::undo::{Before, Values, answered, undo};
use rapport_core::inbox::{
    self, Actor, Book, Command, Context, ConversationState, ConversationStatus, FeedEvent, Gone, Policy,
};
use rapport_core::{ChannelId, ContactId, ConversationId, Ms, TeamId, UserId, WorkspaceId};
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
    async fn of(read: &Read, items: &[(Uuid, Option<Value>, Option<u16>)]) -> Result<Self> {
        let (mut names, mut teams) = (Self::default(), BTreeSet::new());
        for before in items.iter().filter_map(|(_, before, _)| before_of(before.as_ref())) {
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

fn before_of(json: Option<&Value>) -> Option<Before> {
    serde_json::from_value(json?.clone()).ok()
}

/// One batch; true when the change has ended.
async fn batch(app: &App, workspace: WorkspaceId, id: Uuid, policy: &Policy) -> Result<bool> {
    let rules = app.channels.rules(workspace).await?;
    let scope = app.store.workspace(workspace);
    let read = scope.read();
    let items = bulk::waiting(&read, id, BATCH).await?;
    let names = Names::of(&read, &items).await?;
    let lanes: BTreeSet<u16> = items.iter().filter_map(|(_, _, lane)| *lane).collect();
    let lanes: Vec<u16> = lanes.into_iter().collect();
    let tx = scope.write().await?;
    tx.lock_lanes(&lanes).await?;
    let Some(row) = bulk::get_for_write(&tx, id).await? else { return Ok(true) };
    if row.state != state::RUNNING {
        return Ok(true);
    }
    let now = app.now();
    let stored = stored(&row)?;
    let book = load(&tx, &items).await?;
    let gone = release::had(&tx, book.conversations()).await?;
    let mut work = Work {
        tx: &tx,
        row: &row,
        stored: &stored,
        names: &names,
        lanes: &lanes,
        gone: &gone,
        policy,
        now,
        book,
        done: Done::default(),
    };
    for (conversation, before, _) in &items {
        work.one(ConversationId(*conversation), before.as_ref());
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
async fn load(tx: &WriteTx, items: &[(Uuid, Option<Value>, Option<u16>)]) -> Result<Book> {
    let ids: Vec<ConversationId> = items.iter().map(|(id, _, _)| ConversationId(*id)).collect();
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
    tx: &'a WriteTx,
    row: &'a BulkRow,
    stored: &'a Stored,
    names: &'a Names,
    lanes: &'a [u16],
    gone: &'a Gone,
    policy: &'a Policy,
    now: Ms,
    book: Book,
    done: Done,
}

impl Work<'_> {
    /// One conversation's turn. One that moved to another lane meanwhile has it in the next batch.
    fn one(&mut self, id: ConversationId, before: Option<&Value>) {
        let Some(known) = self.book.conversation(id).cloned() else {
            return self.ends(id, Turn::Refused, None);
        };
        if !self.lanes.contains(&known.lane) {
            return;
        }
        let commands = self.gone.before_reopening(&known, self.commands(&known, before));
        let actor =
            Actor { kind: self.row.actor_kind.clone(), id: self.row.actor_id, name: Some(self.row.actor_name.clone()) };
        let another = self.another_open(&known);
        let mut fresh = || self.tx.new_id(self.now);
        let context = Context {
            channel_id: known.channel_id,
            workspace_id: self.tx.workspace(),
            lane: known.lane,
            locked: &|_| true,
            received_at: self.now,
            wait_until: None,
            now: self.now,
            policy: self.policy,
        };
        let decided = inbox::run(&known, &commands, &actor, another, &context, &mut fresh);
        match decided {
            Err(_) => self.ends(id, Turn::Refused, None),
            Ok(decision) if decision.changes.is_empty() => self.ends(id, Turn::Same, None),
            Ok(decision) => {
                self.book.apply(decision.changes);
                let after = self.book.conversation(id).cloned().unwrap_or_else(|| known.clone());
                let said = closing::Checked::default();
                self.done.closings.extend(closing::row(self.tx, self.now, (&known, &after), &said, &actor));
                self.changed(&known, &after);
            }
        }
    }

    fn commands(&self, known: &ConversationState, before: Option<&Value>) -> Vec<Command> {
        if self.row.undo_of.is_some() {
            let Some(before) = before_of(before) else { return Vec::new() };
            let user = |id| self.names.users.get(&id).cloned();
            let team = |id| self.names.teams.get(&id).cloned();
            return undo((&Values::from(known), answered(known)), &before, self.now, &user, &team);
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

    /// Whether the customer has another conversation on the channel that is not resolved; one that this batch opened
    /// counts.
    fn another_open(&self, own: &ConversationState) -> bool {
        let place: (ContactId, ChannelId) = (own.contact_id, own.channel_id);
        let other = |row: &ConversationState| {
            row.id != own.id && (row.contact_id, row.channel_id) == place && row.status != ConversationStatus::Resolved
        };
        self.book.conversations().any(other)
    }

    fn ends(&mut self, id: ConversationId, turn: Turn, before: Option<Value>) {
        self.done.items.push(Item { conversation: id.0, turn, before });
    }

    fn changed(&mut self, known: &ConversationState, after: &ConversationState) {
        let before = Before { was: Values::from(known), is: Values::from(after) };
        let kept = (before.was != before.is).then(|| serde_json::to_value(before).unwrap_or_default());
        self.ends(after.id, Turn::Changed, kept);
        if let Some(until) = after.snoozed_until {
            self.done.wakes.push(Job::Wake { conversation_id: after.id }.row_at(until));
        }
        let change = crate::inbox::update::difference(known, after);
        self.done.audit.push(Line {
            at: self.now,
            actor_kind: self.row.actor_kind.clone(),
            actor_id: self.row.actor_id,
            action: "conversation.updated".to_owned(),
            target_kind: "conversation".to_owned(),
            target_id: after.id.to_string(),
            before: change.before,
            after: change.after,
            source: format!("bulk:{}", self.row.id),
        });
    }
}
