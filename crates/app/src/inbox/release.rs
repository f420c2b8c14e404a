//! Takes conversations from people and teams that are gone, so that somebody else gets them.
//!
//! What is being worked on is taken by a job, batch by batch in the customers' lanes; a resolved conversation keeps the
//! name of whoever had it until it is opened again.

use crate::error::{Error, Result};
use crate::jobs::Outcome;
use crate::routing::assign;
use crate::state::App;
use rapport_core::inbox::{self, Actor, Book, Context, ConversationState, ConversationStatus, Gone, Policy};
use rapport_core::{ConversationId, Ms, TeamId, UserId, WorkspaceId};
use rapport_store::audit_log::Line;
use rapport_store::{WriteTx, ingest};
use std::collections::{BTreeMap, BTreeSet};

/// Conversations of one transaction: it holds their lanes for some milliseconds.
const BATCH: u64 = 50;
/// Batches of one turn of the job; then others have theirs.
const BATCHES: usize = 4;

/// Takes what a user or a team has and works on. Ends when they have nothing, or are back.
///
/// # Errors
/// What the store said; nothing of the batch is done then.
pub async fn run(app: &App, workspace: WorkspaceId, user: Option<UserId>, team: Option<TeamId>) -> Result<Outcome> {
    let policy = app.channels.policy(workspace).await?;
    for _ in 0..BATCHES {
        if batch(app, workspace, (user, team), &policy).await? {
            assign::call(app, workspace).await?;
            return Ok(Outcome::Done);
        }
    }
    Ok(Outcome::Again { at: app.now() })
}

/// One batch; true when nothing is left.
async fn batch(
    app: &App,
    workspace: WorkspaceId,
    (user, team): (Option<UserId>, Option<TeamId>),
    policy: &Policy,
) -> Result<bool> {
    let scope = app.store.workspace(workspace);
    let held = rapport_store::conversation::held(&scope.read(), user, team, BATCH).await?;
    let lanes: BTreeSet<u16> = held.iter().map(|(_, lane)| *lane).collect();
    let lanes: Vec<u16> = lanes.into_iter().collect();
    let tx = scope.write().await?;
    tx.lock_lanes(&lanes).await?;
    let gone = among(&tx, user.into_iter().collect(), team.into_iter().collect()).await?;
    if held.is_empty() || gone == Gone::default() {
        return Ok(true);
    }
    let now = app.now();
    let ids: Vec<ConversationId> = held.into_iter().map(|(id, _)| id).collect();
    let mut book = ingest::load_conversations(&tx, &ids).await?;
    let rows: Vec<ConversationState> = book.conversations().cloned().collect();
    let mut audit = Vec::new();
    // One that moved to another lane or was resolved meanwhile is for the next batch, or for nobody.
    for known in rows.iter().filter(|row| lanes.contains(&row.lane) && row.status != ConversationStatus::Resolved) {
        audit.extend(release(&tx, &mut book, known, &gone, policy, now)?);
    }
    ingest::save(&tx, &book.drain(), now).await?;
    rapport_store::audit_log::append(&tx, audit).await?;
    tx.commit().await?;
    app.feeds.wake();
    Ok(false)
}

/// Takes one conversation from whoever is gone; gives its line for the audit log.
fn release(
    tx: &WriteTx,
    book: &mut Book,
    known: &ConversationState,
    gone: &Gone,
    policy: &Policy,
    now: Ms,
) -> Result<Option<Line>> {
    let commands = gone.release(known);
    if commands.is_empty() {
        return Ok(None);
    }
    let context = Context {
        channel_id: known.channel_id,
        workspace_id: tx.workspace(),
        lane: known.lane,
        locked: &|_| true,
        received_at: now,
        wait_until: None,
        now,
        policy,
    };
    let actor = Actor { kind: "system".to_owned(), id: None, name: None };
    let decision = inbox::run(known, &commands, &actor, false, &context, &mut || tx.new_id(now))
        .map_err(|error| Error::Internal(error.to_string()))?;
    book.apply(decision.changes);
    let Some(after) = book.conversation(known.id) else { return Ok(None) };
    let change = super::update::difference(known, after);
    Ok(Some(Line {
        at: now,
        actor_kind: actor.kind,
        actor_id: None,
        action: "conversation.updated".to_owned(),
        target_kind: "conversation".to_owned(),
        target_id: known.id.to_string(),
        before: change.before,
        after: change.after,
        source: "system".to_owned(),
    }))
}

/// Which of these users and teams are gone; the others stay until the transaction's end.
pub(crate) async fn among(tx: &WriteTx, users: BTreeSet<UserId>, teams: BTreeSet<TeamId>) -> Result<Gone> {
    let mut gone = Gone { users, teams };
    if !gone.users.is_empty() {
        let ids: Vec<UserId> = gone.users.iter().copied().collect();
        for id in rapport_store::user::enabled(tx, &ids).await? {
            gone.users.remove(&id);
        }
    }
    if !gone.teams.is_empty() {
        let ids: Vec<TeamId> = gone.teams.iter().copied().collect();
        for id in rapport_store::team::existing(tx, &ids).await? {
            gone.teams.remove(&id);
        }
    }
    Ok(gone)
}

/// [`among`] for whoever has these conversations, as far as they are resolved: the others are the job's.
pub(crate) async fn had<'a>(tx: &WriteTx, rows: impl Iterator<Item = &'a ConversationState>) -> Result<Gone> {
    let (mut users, mut teams) = (BTreeSet::new(), BTreeSet::new());
    for row in rows.filter(|row| row.status == ConversationStatus::Resolved) {
        users.extend(row.assignee_id);
        teams.extend(row.team_id);
    }
    among(tx, users, teams).await
}

/// The resolved conversations of a batch that somebody has, before the batch is decided.
pub(crate) struct Shelved(BTreeMap<ConversationId, ConversationState>);

impl Shelved {
    /// What the book has of them.
    pub fn of(book: &Book) -> Self {
        let resolved = |row: &&ConversationState| {
            row.status == ConversationStatus::Resolved && (row.assignee_id.is_some() || row.team_id.is_some())
        };
        Self(book.conversations().filter(resolved).map(|row| (row.id, row.clone())).collect())
    }

    /// Takes those that the batch opened from whoever is gone.
    ///
    /// # Errors
    /// What the store said.
    pub async fn reopened(self, tx: &WriteTx, book: &mut Book, policy: &Policy, now: Ms) -> Result<()> {
        let open =
            |id: &ConversationId| book.conversation(*id).is_some_and(|row| row.status != ConversationStatus::Resolved);
        let before: Vec<ConversationState> =
            self.0.into_iter().filter(|(id, _)| open(id)).map(|(_, row)| row).collect();
        if before.is_empty() {
            return Ok(());
        }
        let gone = had(tx, before.iter()).await?;
        let mut audit = Vec::new();
        for id in before.into_iter().map(|row| row.id) {
            let Some(known) = book.conversation(id).cloned() else { continue };
            audit.extend(release(tx, book, &known, &gone, policy, now)?);
        }
        Ok(rapport_store::audit_log::append(tx, audit).await?)
    }
}
