//! Gives conversations that wait to whoever is there: the longest waiting first.
//!
//! One job a workspace does it, on one node at a time; each conversation is given in its contact's lane and only when it
//! still waits, so that nothing is given twice whatever else happens meanwhile.

use super::desk::Desk;
use crate::error::{Error, Result};
use crate::inbox::Rooms;
use crate::jobs::{Job, Outcome};
use crate::state::App;
use rapport_core::inbox::{self, Batch, Command, ConversationState, ConversationStatus};
use rapport_core::routing::{Choice, Presence};
use rapport_core::time::SECOND;
use rapport_core::{ConversationId, Ms, UserId, WorkspaceId};
use rapport_store::routing::{Waiting, take_turn, waiting};
use serde_json::json;

/// How often it looks when nothing happened: people come and go by the clock, too. Milliseconds.
const EVERY_MS: i64 = 30 * SECOND;
/// Conversations read at once.
const PAGE: u64 = 200;
/// Conversations a run gives away, or tries to: it stays within the time its job has.
const MOST: usize = 5_000;
/// Pages a run looks through: then it begins again at the oldest.
const PAGES: usize = 500;

/// Gives out what can be given now.
///
/// # Errors
/// What the store said.
pub async fn run(app: &App, workspace: WorkspaceId) -> Result<Outcome> {
    let read = app.store.workspace(workspace).read();
    let mut desk = Desk::load(&read).await?;
    let which = desk.automatic();
    if !which.any() {
        return Ok(Outcome::Done);
    }
    let mut after: Option<(i64, ConversationId)> = None;
    let (mut given, mut tried, mut next) = (0, 0, EVERY_MS);
    'run: for _ in 0..PAGES {
        // What nobody can be found for is left out, so that it does not stand before what somebody waits for.
        let page = waiting(&read, &which, &desk.hopeless(), after, PAGE).await?;
        for one in &page {
            after = Some((one.since, one.id));
            if tried >= MOST {
                // Much is being given away: the next run goes on at once, from the oldest.
                next = 0;
                break 'run;
            }
            let offered = offer(app, workspace, &mut desk, one).await?;
            tried += offered.tries;
            given += usize::from(offered.given);
        }
        if u64::try_from(page.len()).unwrap_or(0) < PAGE {
            break;
        }
    }
    if given > 0 {
        metrics::counter!("rapport_assigned_total").increment(given as u64);
        app.feeds.wake();
    }
    Ok(Outcome::Again { at: app.now().plus(next) })
}

/// How an offer went.
#[derive(Default)]
struct Offered {
    /// How often somebody was asked.
    tries: usize,
    /// Whether somebody has it now.
    given: bool,
}

/// Gives one conversation away, when there is somebody. An agent who turns out to be full or gone is passed over.
async fn offer(app: &App, workspace: WorkspaceId, desk: &mut Desk, one: &Waiting) -> Result<Offered> {
    let mut offered = Offered::default();
    for _ in 0..=desk.people().len() {
        let (ruling, Ok(choice)) = desk.choose(one, app.now()) else { break };
        offered.tries += 1;
        let turn = desk.next_turn(ruling.place);
        let cap = desk.cap(choice.user, &ruling.policy);
        match give(app, workspace, one, (ruling.place, turn), &choice, cap).await? {
            Given::Yes => {
                desk.given(ruling.place, choice.user, turn);
                offered.given = true;
                break;
            }
            Given::Busier(open) => desk.busier(choice.user, open),
            Given::Gone => desk.gone(choice.user),
            Given::NotWaiting => break,
        }
    }
    Ok(offered)
}

enum Given {
    Yes,
    /// The agent has this many by now, which is all they may.
    Busier(i64),
    /// The agent does not take any more.
    Gone,
    /// Somebody was faster, or the customer does not wait any more.
    NotWaiting,
}

async fn give(
    app: &App,
    workspace: WorkspaceId,
    one: &Waiting,
    (place, turn): (uuid::Uuid, i64),
    choice: &Choice,
    cap: Option<u32>,
) -> Result<Given> {
    let mut room = match Rooms::enter(app, workspace, one.id, None).await {
        Ok(room) => room,
        Err(Error::NotFound(_)) => return Ok(Given::NotWaiting),
        Err(error) => return Err(error),
    };
    let known = room.conversation.clone();
    if !waits(&known) || known.team_id.map(|team| team.0) != one.team {
        return Ok(Given::NotWaiting);
    }
    let taken = match take_turn(&room.tx, place, choice.user, turn).await {
        Ok(taken) => taken,
        Err(rapport_store::Error::NotFound(_)) => return Ok(Given::Gone),
        Err(error) => return Err(error.into()),
    };
    if taken.user.disabled_at.is_some() || Presence::parse(&taken.user.presence) != Presence::Online {
        return Ok(Given::Gone);
    }
    if cap.is_some_and(|cap| taken.open >= i64::from(cap)) {
        return Ok(Given::Busier(taken.open));
    }
    let reason = serde_json::to_value(&choice.reason).map_err(|error| Error::Internal(error.to_string()))?;
    let command = [Command::Route { agent: (choice.user, choice.name.clone()), reason: reason.clone() }];
    let actor = inbox::Actor { kind: "system".to_owned(), id: None, name: None };
    let decision = room
        .decide(|context, fresh| inbox::run(&known, &command, &actor, false, context, fresh))
        .map_err(|error| Error::Internal(error.to_string()))?;
    room.write(decision.changes).await?;
    note(&room, one.id, choice.user, reason).await?;
    room.tx.commit().await?;
    Ok(Given::Yes)
}

async fn note(room: &crate::inbox::Room, id: ConversationId, user: UserId, reason: serde_json::Value) -> Result<()> {
    let change = crate::audit::Change {
        before: Some(json!({ "assignee_id": null })),
        after: Some(json!({ "assignee_id": user, "reason": reason })),
    };
    let caller = crate::auth::Caller::system(room.tx.workspace());
    crate::audit::record(&room.tx, room.now, &caller, "conversation.assigned", (Rooms::NOUN, id.0), change).await
}

/// Whether a conversation waits for an agent.
fn waits(conversation: &ConversationState) -> bool {
    conversation.status == ConversationStatus::Open
        && conversation.assignee_id.is_none()
        && conversation.waiting_since.is_some()
}

/// Whether a batch left conversations that wait for an agent.
pub(crate) fn waits_in(batch: &Batch) -> bool {
    batch.new_conversations.iter().chain(&batch.changed_conversations).any(waits)
}

/// Has somebody look now: an agent came, or has room again, or something was given back.
///
/// # Errors
/// What the store said.
pub(crate) async fn call(app: &App, workspace: WorkspaceId) -> Result<()> {
    if !app.channels.care(workspace).await?.routed {
        return Ok(());
    }
    call_surely(app, workspace).await
}

/// [`call`], whatever is known of the policies.
///
/// # Errors
/// What the store said.
pub(crate) async fn call_surely(app: &App, workspace: WorkspaceId) -> Result<()> {
    let now: Ms = app.now();
    let tx = app.store.workspace(workspace).write().await?;
    rapport_store::job::enqueue(&tx, vec![Job::Assign.row(now)], now).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(())
}

/// Whether what became of a conversation is a reason to look: it waits for somebody, or somebody has room again.
pub(crate) fn concerns(before: &ConversationState, after: &ConversationState) -> bool {
    let busy = |row: &ConversationState| {
        let works = matches!(row.status, ConversationStatus::Open | ConversationStatus::Pending);
        row.assignee_id.filter(|_| works)
    };
    (waits(after) && !(waits(before) && before.team_id == after.team_id))
        || busy(before).is_some_and(|agent| busy(after) != Some(agent))
}
