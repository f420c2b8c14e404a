//! Two contacts turned out to be one person: their rows become one, nothing is lost.

use crate::error::Result;
use crate::jobs::{Job, Outcome};
use crate::state::App;
use rapport_core::inbox::{
    Change, ContactState, ConversationState, ConversationStatus, FeedEvent, join_contacts, join_conversations,
    open_until,
};
use rapport_core::route::Chats;
use rapport_core::{ContactId, ConversationId, Ms, WorkspaceId};
use rapport_store::WriteTx;
use std::collections::{HashMap, HashSet};

/// What is said about the record of a contact that was merged into one with a record of its own.
const STILL_TWO: &str = "Its contact was merged here; the records over there are still two.";

/// Joins `gone` into `keep`. Repeating it changes nothing.
///
/// # Errors
/// What the store said.
pub async fn run(app: &App, workspace: WorkspaceId, keep: ContactId, gone: ContactId) -> Result<Outcome> {
    let connections = app.channels.connections(workspace).await?;
    let chats = app.channels.chats(workspace).await?;
    let now = app.now();
    let tx = app.store.workspace(workspace).write().await?;
    let book = rapport_store::ingest::load_contacts(&tx, &[keep, gone], &[]).await?;
    let (Some(kept), Some(lost)) = (book.contact(keep).cloned(), book.contact(gone).cloned()) else {
        return Ok(Outcome::Done);
    };
    if kept.id == lost.id {
        return Ok(Outcome::Done);
    }
    tx.lock_lanes(&[kept.lane, lost.lane]).await?;
    // Again, now that nobody else writes: what was read above only told the lanes.
    let mut book = rapport_store::ingest::load_contacts(&tx, &[keep, gone], &[]).await?;
    let conversations: Vec<ConversationState> = book.conversations().cloned().collect();
    let (joined, gone_rows) = join_threads(&tx, &kept, conversations, &chats, now).await?;
    rapport_store::merge::contacts(&tx, keep, gone, kept.lane, now).await?;
    rapport_store::link::let_go(&tx, gone, STILL_TWO, now).await?;
    let person = join_contacts(&kept, &lost, now);
    let mut changes: Vec<Change> = joined.into_iter().map(Change::UpdateConversation).collect();
    changes.push(Change::UpdateContact(person));
    changes.push(Change::Feed(told(keep, gone, now)));
    book.apply(changes);
    let left: Vec<ConversationState> =
        book.conversations().filter(|row| !gone_rows.contains(&row.id)).cloned().collect();
    book.apply(level(&kept, &left, &chats, now));
    rapport_store::ingest::save(&tx, &book.drain(), now).await?;
    let pushes: Vec<_> =
        connections.iter().map(|id| Job::PushContact { connection_id: *id, contact_id: keep }.row(now)).collect();
    rapport_store::job::enqueue(&tx, pushes, now).await?;
    tx.commit().await?;
    app.feeds.wake();
    app.bells.jobs.ring();
    Ok(Outcome::Done)
}

/// What is open in a chat through either of the two is open in all that is left of it.
fn level(kept: &ContactState, left: &[ConversationState], chats: &Chats, now: Ms) -> Vec<Change> {
    let mut ends: HashMap<_, Ms> = HashMap::new();
    for row in left {
        if let Some(end) = row.window_expires_at.filter(|end| *end > now) {
            let known = ends.entry(chats.home(row.channel_id)).or_insert(end);
            *known = end.max(*known);
        }
    }
    let mut changes = Vec::new();
    for row in left {
        if let Some(end) = ends.get(&chats.home(row.channel_id)) {
            let own = ConversationState { contact_id: kept.id, lane: kept.lane, ..row.clone() };
            changes.extend(open_until(&own, *end, now));
        }
    }
    changes
}

/// Chats in which both have an unresolved conversation: the lines of one move into the other, which is returned, and the
/// ids of those that are gone.
async fn join_threads(
    tx: &WriteTx,
    kept: &ContactState,
    conversations: Vec<ConversationState>,
    chats: &Chats,
    now: Ms,
) -> Result<(Vec<ConversationState>, HashSet<ConversationId>)> {
    let mut open: HashMap<_, Vec<ConversationState>> = HashMap::new();
    for row in conversations.into_iter().filter(|row| row.status != ConversationStatus::Resolved) {
        open.entry(chats.home(row.channel_id)).or_default().push(row);
    }
    let (mut joined, mut gone) = (Vec::new(), HashSet::new());
    for (home, mut rows) in open {
        rows.sort_by_key(|row| (row.channel_id != home, row.id));
        let (mine, theirs): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.contact_id == kept.id);
        let Some(mut target) = mine.into_iter().next() else { continue };
        for other in theirs {
            target = join_conversations(&target, &other, now);
            rapport_store::merge::join_conversation(tx, target.id, other.id).await?;
            joined.push(target.clone());
            gone.insert(other.id);
        }
    }
    Ok((joined, gone))
}

fn told(keep: ContactId, gone: ContactId, at: Ms) -> FeedEvent {
    FeedEvent {
        kind: "contact.updated",
        at,
        conversation_id: None,
        contact_id: Some(keep),
        message_id: None,
        data: serde_json::json!({ "merged": gone }),
    }
}
