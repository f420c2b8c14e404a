//! Two contacts turned out to be one person: their rows become one, nothing is lost, and it can be taken back
//! ([`super::part`]).

use super::list::get;
use super::values;
use super::view::ContactView;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::Outcome;
use crate::state::App;
use rapport_core::contact::{IdentityKind, likeness};
use rapport_core::inbox::{
    Change, ContactState, ConversationState, ConversationStatus, FeedEvent, join_contacts, join_conversations,
    open_until,
};
use rapport_core::route::Chats;
use rapport_core::{ContactId, ConversationId, Ms, WorkspaceId};
use rapport_store::likeness as pairs;
use rapport_store::merge::Joined;
use rapport_store::query::contact_page;
use rapport_store::unmerge::MergeRow;
use rapport_store::{WriteTx, contact, unmerge};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use utoipa::ToSchema;
use uuid::Uuid;

/// What is said about the record of a contact that was merged into one with a record of its own.
pub(super) const STILL_TWO: &str = "Its contact was merged here; the records over there are still two.";

/// Joins `gone` into `keep`, as a job. Repeating it changes nothing, and neither does it when somebody said that the two are
/// two: a person's word counts more than an id they share.
///
/// # Errors
/// What the store said.
pub async fn run(app: &App, workspace: WorkspaceId, keep: ContactId, gone: ContactId) -> Result<Outcome> {
    let read = app.store.workspace(workspace).read();
    let known = pairs::get(&read, pairs::pair(keep, gone)).await?;
    if known.is_none_or(|known| known.state != pairs::APART) {
        join(app, &Caller::system(workspace), keep, gone).await?;
    }
    Ok(Outcome::Done)
}

/// Which contact becomes part of one.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeContact {
    /// The one whose conversations, orders, ids and everything else go to the one that stays. What the one that stays
    /// has no value for is taken from it.
    pub gone: Uuid,
}

/// A merge that was made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MergedContact {
    /// What it is taken back with; null when they were one already.
    pub merge_id: Option<Uuid>,
    /// The contact as it is now.
    pub contact: ContactView,
}

/// Makes one contact of two. Repeating it changes nothing.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (`gone`), `Store`.
pub async fn merge(app: &App, caller: &Caller, keep: ContactId, given: MergeContact) -> Result<MergedContact> {
    caller.require(Permission::ContactWrite)?;
    if keep.0 == given.gone {
        return Err(Error::invalid("gone", "names this very contact"));
    }
    let read = app.store.workspace(caller.workspace).read();
    let keep = contact_page::kept(&read, keep).await?.ok_or(Error::NotFound(super::NOUN))?;
    let gone = contact_page::kept(&read, ContactId(given.gone)).await?;
    let gone = gone.ok_or_else(|| Error::invalid("gone", "names a contact that does not exist"))?;
    let merge_id = join(app, caller, ContactId(keep.id), ContactId(gone.id)).await?;
    Ok(MergedContact { merge_id, contact: get(app, caller, ContactId(keep.id)).await? })
}

/// Joins `gone` into `keep`, and says under which id that can be taken back; `None` when they are one already.
pub(crate) async fn join(app: &App, caller: &Caller, keep: ContactId, gone: ContactId) -> Result<Option<Uuid>> {
    let workspace = caller.workspace;
    let connections = app.channels.connections(workspace).await?;
    let chats = app.channels.chats(workspace).await?;
    let now = app.now();
    let tx = app.store.workspace(workspace).write().await?;
    let book = rapport_store::ingest::load_contacts(&tx, &[keep, gone], &[]).await?;
    let (Some(kept), Some(lost)) = (book.contact(keep).cloned(), book.contact(gone).cloned()) else {
        return Ok(None);
    };
    if kept.id == lost.id {
        return Ok(None);
    }
    tx.lock_lanes(&[kept.lane, lost.lane]).await?;
    // Again, now that nobody else writes: what was read above only told the lanes.
    let mut book = rapport_store::ingest::load_contacts(&tx, &[keep, gone], &[]).await?;
    let rows = (contact::get_for_write(&tx, keep).await?, contact::get_for_write(&tx, gone).await?);
    let (Some(before), Some(other)) = rows else { return Ok(None) };
    heard(&tx, &[&kept, &lost]).await?;
    let conversations: Vec<ConversationState> = book.conversations().cloned().collect();
    let threads = join_threads(&tx, &kept, conversations, &chats, now).await?;
    let mut moved = rapport_store::merge::contacts(&tx, keep, gone, kept.lane, now).await?;
    moved.joined = threads.moved;
    rapport_store::link::let_go(&tx, gone, STILL_TWO, now).await?;
    let person = join_contacts(&kept, &lost, now);
    let mut changes: Vec<Change> = threads.joined.into_iter().map(Change::UpdateConversation).collect();
    changes.push(Change::UpdateContact(person));
    changes.push(Change::Feed(told(keep, gone, now)));
    book.apply(changes);
    let left: Vec<ConversationState> =
        book.conversations().filter(|row| !threads.gone.contains(&row.id)).cloned().collect();
    book.apply(level(&kept, &left, &chats, now));
    rapport_store::ingest::save(&tx, &book.drain(), now).await?;
    let kept = values::fill(&tx, keep, &other, now).await?;
    let change = values::changed(&before, &kept);
    let id = tx.new_id(now);
    let row = MergeRow {
        workspace_id: workspace.0,
        id,
        keep_id: keep.0,
        gone_id: gone.0,
        kept: change.clone().into(),
        moved: serde_json::to_value(moved).unwrap_or_default(),
        actor_kind: caller.actor_kind().to_owned(),
        actor_id: caller.actor_id(),
        at: now.0,
        undone_at: None,
    };
    unmerge::put(&tx, row, now.plus(-likeness::UNDO)).await?;
    crate::audit::record(&tx, now, caller, "contact.merged", (super::NOUN, keep.0), values::audited(&change, &other))
        .await?;
    super::push(&connections, &tx, keep, now).await?;
    tx.commit().await?;
    app.feeds.wake();
    app.bells.jobs.ring();
    Ok(Some(id))
}

/// Which number each was heard from: the one that wrote last is answered.
async fn heard(tx: &WriteTx, people: &[&ContactState]) -> Result<()> {
    for person in people {
        let Some(at) = person.last_inbound_at else { continue };
        for kind in [IdentityKind::WaId, IdentityKind::Bsuid] {
            if let Some(id) = person.identities.iter().find(|id| id.kind == kind) {
                unmerge::heard(tx, person.id, kind.code(), &id.value, at).await?;
            }
        }
    }
    Ok(())
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

/// Conversations that became part of others.
#[derive(Default)]
struct Threads {
    /// Those they became part of, as they are now.
    joined: Vec<ConversationState>,
    /// The ids of those that are gone.
    gone: HashSet<ConversationId>,
    /// What went.
    moved: Vec<Joined>,
}

/// Chats in which both have an unresolved conversation: the lines of one move into the other.
async fn join_threads(
    tx: &WriteTx,
    kept: &ContactState,
    conversations: Vec<ConversationState>,
    chats: &Chats,
    now: Ms,
) -> Result<Threads> {
    let mut open: HashMap<_, Vec<ConversationState>> = HashMap::new();
    for row in conversations.into_iter().filter(|row| row.status != ConversationStatus::Resolved) {
        open.entry(chats.home(row.channel_id)).or_default().push(row);
    }
    let mut threads = Threads::default();
    for (home, mut rows) in open {
        rows.sort_by_key(|row| (row.channel_id != home, row.id));
        let (mine, theirs): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.contact_id == kept.id);
        let Some(mut target) = mine.into_iter().next() else { continue };
        for other in theirs {
            target = join_conversations(&target, &other, now);
            threads.moved.push(rapport_store::merge::join_conversation(tx, target.id, other.id).await?);
            threads.joined.push(target.clone());
            threads.gone.insert(other.id);
        }
    }
    Ok(threads)
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
