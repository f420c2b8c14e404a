//! Two contacts that were made one are parted again: each has what it had, what came since stays where it came.

use super::merge::STILL_TWO;
use super::view::ContactView;
use super::{NOUN, list, push, told, values};
use crate::audit::Change as Audited;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::contact::likeness::UNDO;
use rapport_core::inbox::{Change, Context, ConversationState, FeedEvent, Policy, apart, own_windows, refuse_both};
use rapport_core::route::Chats;
use rapport_core::{ContactId, ConversationId, Ms, WorkspaceId};
use rapport_store::likeness::pair;
use rapport_store::query::contact_page;
use rapport_store::unmerge::{MergeRow, Moved, Talk};
use rapport_store::{Scope, WriteTx, contact, ingest, likeness, sync_contact, unmerge};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// Most merges of a contact that are told.
const TOLD: u64 = 50;

/// A contact that became part of another one and can be parted from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ContactMerge)]
pub struct MergeView {
    /// The merge.
    pub id: Uuid,
    /// What the one that became part of it was called.
    pub name: Option<String>,
    /// Its number.
    pub phone: Option<String>,
    /// When it was done, milliseconds UTC.
    pub at: i64,
    /// Until when it can be taken back.
    pub until: i64,
}

/// Two contacts that were parted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartedContacts {
    /// The one that had stayed.
    pub kept: ContactView,
    /// The one that is there again.
    pub parted: ContactView,
}

/// The contacts that became part of one and can still be parted from it, the latest first.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn merges(app: &App, caller: &Caller, id: ContactId) -> Result<Vec<MergeView>> {
    caller.require(Permission::ContactRead)?;
    let read = app.store.workspace(caller.workspace).read();
    contact_page::get(&read, id).await?.ok_or(Error::NotFound(NOUN))?;
    let found = unmerge::of_contact(&read, id, app.now().plus(-UNDO), TOLD).await?;
    let mut shown = Vec::with_capacity(found.len());
    for row in found {
        let Some(gone) = unmerge::row(&read, ContactId(row.gone_id)).await? else { continue };
        let name = Some(gone.name).filter(|name| !name.is_empty());
        shown.push(MergeView { id: row.id, name, phone: gone.phone, at: row.at, until: row.at + UNDO });
    }
    Ok(shown)
}

/// Takes a merge back. Repeating it changes nothing.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` (`not_undoable`), `Store`.
pub async fn part(app: &App, caller: &Caller, id: Uuid) -> Result<PartedContacts> {
    caller.require(Permission::ContactWrite)?;
    let scope = app.store.workspace(caller.workspace);
    let row = unmerge::get(&scope.read(), id).await?.ok_or(Error::NotFound("merge"))?;
    let (keep, gone) = (ContactId(row.keep_id), ContactId(row.gone_id));
    if row.undone_at.is_none() {
        undo(app, caller, &scope, row).await?;
    }
    Ok(PartedContacts { kept: list::get(app, caller, keep).await?, parted: list::get(app, caller, gone).await? })
}

async fn undo(app: &App, caller: &Caller, scope: &Scope, row: MergeRow) -> Result<()> {
    let (keep, gone, now) = (ContactId(row.keep_id), ContactId(row.gone_id), app.now());
    if row.at < now.plus(-UNDO).0 {
        let detail = "A merge can be taken back for 30 days.".to_owned();
        return Err(Error::Refused { code: "not_undoable", detail });
    }
    let connections = app.channels.connections(caller.workspace).await?;
    let policy = app.channels.policy(caller.workspace).await?;
    let chats = app.channels.chats(caller.workspace).await?;
    let read = scope.read();
    let kept = unmerge::row(&read, keep).await?.filter(|row| row.merged_into.is_none()).ok_or_else(again)?;
    let lost = unmerge::row(&read, gone).await?.filter(|row| row.merged_into == Some(keep.0)).ok_or_else(again)?;
    let lane = |lane: i16| u16::try_from(lane).unwrap_or(0);
    let tx = scope.write().await?;
    tx.lock_lanes(&[lane(kept.lane), lane(lost.lane)]).await?;
    let row = unmerge::get_for_write(&tx, row.id).await?.filter(|row| row.undone_at.is_none());
    // Somebody else was quicker.
    let Some(row) = row else { return Ok(()) };
    // Again, now that nobody else writes: what was read above only told the lanes.
    still(&tx, keep, gone).await?;
    let moved: Moved =
        serde_json::from_value(row.moved.clone()).map_err(|error| Error::Internal(format!("a merge: {error}")))?;
    if unmerge::scattered(&tx, keep, &moved).await? {
        let detail = "A conversation of the two was split since: merge its parts first.".to_owned();
        return Err(Error::Refused { code: "not_undoable", detail });
    }
    let moments = (Ms(row.at), now);
    let talks = unmerge::part(&tx, (keep, gone, lane(lost.lane)), &moved, STILL_TWO, moments).await?;
    write(&tx, &policy, &talks, (gone, lane(lost.lane)), now).await?;
    let said = own(&tx, (keep, gone), &moved, &chats, now).await?;
    let mut kept = contact::get_for_write(&tx, keep).await?.ok_or_else(again)?;
    values::restore(&mut kept, &row.kept, said);
    kept.updated_at = now.0;
    let done = MergeRow { undone_at: Some(now.0), moved: json!({}), ..row };
    unmerge::finish(&tx, kept, done).await?;
    likeness::part(&tx, pair(keep, gone), (caller.actor_kind(), caller.actor_id()), now).await?;
    for id in [keep, gone] {
        push(&connections, &tx, id, now).await?;
        let parted = Audited { before: None, after: Some(json!({ "parted": true })) };
        crate::audit::record(&tx, now, caller, "contact.parted", (NOUN, id.0), parted).await?;
    }
    let news = [told("contact.updated", keep, now, &[]), told("contact.created", gone, now, &[])];
    rapport_store::feed::append(&tx, &news).await?;
    tx.commit().await?;
    app.bells.search.ring();
    app.bells.jobs.ring();
    app.feeds.wake();
    Ok(())
}

/// Fails when one of the two became part of another contact, or they are two already.
async fn still(tx: &WriteTx, keep: ContactId, gone: ContactId) -> Result<()> {
    let rows = sync_contact::get_for_write(tx, &[keep, gone]).await?;
    let leads = |id: ContactId| rows.iter().find(|row| row.id == id.0).map(|row| row.merged_into);
    if leads(keep) == Some(None) && leads(gone) == Some(Some(keep.0)) { Ok(()) } else { Err(again()) }
}

/// What each of them said themselves: the windows of their conversations, and what was refused meanwhile. Says whether
/// consent was spoken of since they became one.
async fn own(
    tx: &WriteTx,
    (keep, gone): (ContactId, ContactId),
    moved: &Moved,
    chats: &Chats,
    now: Ms,
) -> Result<bool> {
    let mut heard = unmerge::last_heard(tx, &[keep, gone]).await?;
    let ids: Vec<ConversationId> = heard.keys().copied().collect();
    let mut book = ingest::load_conversations(tx, &ids).await?;
    let with = |row: &ConversationState| (row.clone(), heard.remove(&row.id).flatten());
    let rows: Vec<_> = book.conversations().map(with).collect();
    book.apply(own_windows(&rows, chats, now));
    ingest::save(tx, &book.drain(), now).await?;
    let said = unmerge::said_since(tx, keep, moved).await?;
    let mut book = ingest::load_contacts(tx, &[keep, gone], &[]).await?;
    if let (Some(kept), Some(parted)) = (book.contact(keep), book.contact(gone)) {
        let refused = refuse_both([kept, parted], &said, now);
        book.apply(refused);
        ingest::save(tx, &book.drain(), now).await?;
    }
    Ok(!said.is_empty())
}

/// The rows of conversations that are two again.
async fn write(tx: &WriteTx, policy: &Policy, talks: &[Talk], (gone, lane): (ContactId, u16), now: Ms) -> Result<()> {
    for talk in talks {
        let mut book = ingest::load_conversations(tx, &[talk.into]).await?;
        let Some(known) = book.conversation(talk.into).cloned() else { continue };
        book.apply(two(tx.workspace(), policy, &known, talk, (gone, lane), now));
        ingest::save(tx, &book.drain(), now).await?;
    }
    Ok(())
}

fn two(
    workspace_id: WorkspaceId,
    policy: &Policy,
    known: &ConversationState,
    talk: &Talk,
    (gone, lane): (ContactId, u16),
    now: Ms,
) -> Vec<Change> {
    let context = Context {
        channel_id: known.channel_id,
        workspace_id,
        lane: known.lane,
        locked: &|_| true,
        received_at: now,
        wait_until: None,
        now,
        policy,
    };
    let (rest, made) = apart(known, (&talk.rest, &talk.theirs), (talk.id, gone, lane), &context);
    let feed = |kind, id: ConversationId, contact, data: Value| {
        Change::Feed(FeedEvent { conversation_id: Some(id), data, ..told(kind, contact, now, &[]) })
    };
    let news = [
        feed("conversation.updated", rest.id, rest.contact_id, json!({ "split_to": made.id })),
        feed("conversation.created", made.id, gone, json!({ "split_from": rest.id })),
    ];
    let rows = [Change::UpdateConversation(rest), Change::CreateConversation(made)];
    rows.into_iter().chain(news).collect()
}

fn again() -> Error {
    let detail = "One of the two became part of another contact since: take that back first.".to_owned();
    Error::Refused { code: "not_undoable", detail }
}
