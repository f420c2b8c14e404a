//! The tags that a macro gives to the customer and takes away.

use super::MacroAction;
use super::run::step;
use crate::auth::{Caller, Permission};
use crate::contact::update::{Pen, tagged, write};
use crate::error::{Error, Result};
use crate::inbox::{Room, Rooms};
use crate::state::App;
use crate::tag::give::{TagChange, named_by};
use rapport_core::contact::TAGS_OF_CONTACT;
use rapport_core::{ConnectionId, ConversationId};
use rapport_store::WriteTx;
use rapport_store::contact::ContactRow;
use uuid::Uuid;

/// How its errors name the value.
const FIELD: &str = "tag_ids";

/// An action that gives tags (`gives`) or takes them away, with its place in the macro.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tagging {
    pub at: usize,
    pub gives: bool,
    pub ids: Vec<Uuid>,
}

impl Tagging {
    pub fn of(at: usize, action: &MacroAction) -> Option<Self> {
        match action {
            MacroAction::AddTags { tag_ids } => Some(Self { at, gives: true, ids: tag_ids.clone() }),
            MacroAction::RemoveTags { tag_ids } => Some(Self { at, gives: false, ids: tag_ids.clone() }),
            _ => None,
        }
    }
}

/// Refuses too few tags, or too many.
pub(super) fn check(at: usize, ids: &[Uuid]) -> Result<()> {
    if ids.is_empty() || ids.len() > TAGS_OF_CONTACT {
        return Err(Error::invalid(format!("actions.{at}.{FIELD}"), format!("must be 1 to {TAGS_OF_CONTACT}")));
    }
    Ok(())
}

/// Refuses tags that a macro could not give or take away.
///
/// # Errors
/// `Invalid` (naming the action), `Store`.
pub(super) async fn check_known(tx: &WriteTx, actions: &[MacroAction]) -> Result<()> {
    let taggings: Vec<Tagging> =
        actions.iter().enumerate().filter_map(|(at, action)| Tagging::of(at, action)).collect();
    change(tx, &taggings).await.map(drop)
}

/// All of them together; of two that name the same tag the later one counts.
async fn change(tx: &WriteTx, taggings: &[Tagging]) -> Result<TagChange> {
    let mut change = TagChange::default();
    for Tagging { at, gives, ids } in taggings {
        let names = named_by(tx, ids, *gives, FIELD).await.map_err(|error| step(*at, error))?;
        let TagChange { add, remove } = &mut change;
        let (to, from) = if *gives { (add, remove) } else { (remove, add) };
        from.retain(|name| !names.contains(name));
        to.extend(names);
    }
    Ok(change)
}

/// The customer before and after, in their lane; `None` when nothing changes. What is wrong names the action.
async fn judge(room: &Room, caller: &Caller, taggings: &[Tagging]) -> Result<Option<(ContactRow, ContactRow)>> {
    let Some(last) = taggings.last() else { return Ok(None) };
    caller.require(Permission::ContactWrite).map_err(|error| step(last.at, error))?;
    let change = change(&room.tx, taggings).await?;
    let given = taggings.iter().rev().find(|tagging| tagging.gives).unwrap_or(last);
    tagged(&room.tx, caller, room.conversation.contact_id, change).await.map_err(|error| match error {
        Error::Invalid { detail, .. } => step(given.at, Error::invalid(FIELD, detail)),
        other => step(given.at, other),
    })
}

/// Whether the tags could be changed now; leaves everything as it is.
///
/// # Errors
/// What [`apply`] says.
pub(super) async fn rehearse(app: &App, caller: &Caller, id: ConversationId, taggings: &[Tagging]) -> Result<()> {
    let room = Rooms::enter(app, caller.workspace, id, None).await?;
    let judged = judge(&room, caller, taggings).await.map(drop);
    room.tx.rollback().await?;
    judged
}

/// Changes the customer's tags in the conversation's lane, without committing. `connections`: the CRMs to be told. Gives
/// whether anything changed.
///
/// # Errors
/// `Forbidden`, `Invalid` (naming the action), `Store`.
pub(super) async fn apply(
    caller: &Caller,
    room: &Room,
    connections: &[ConnectionId],
    taggings: &[Tagging],
) -> Result<bool> {
    let Some((before, after)) = judge(room, caller, taggings).await? else { return Ok(false) };
    let pen = Pen { tx: &room.tx, connections, rules: &room.rules, cause: caller.own_rule(), now: room.now };
    let Some(change) = write(&pen, &before, after).await? else { return Ok(false) };
    let target = ("contact", room.conversation.contact_id.0);
    crate::audit::record(&room.tx, room.now, caller, "contact.updated", target, change).await?;
    Ok(true)
}
