//! How a conversation ends: the workspace's categories, what must be said, and what is kept of it.

pub mod categories;
pub mod settings;

use crate::error::{Error, Result};
use crate::inbox::Room;
use crate::jobs::Job;
use crate::state::App;
use rapport_core::Ms;
use rapport_core::inbox::{Actor, ConversationState, ConversationStatus};
use rapport_store::closing::ClosingRow;
use rapport_store::{Read, WriteTx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Longest closing note, in characters.
pub(crate) const NOTE: usize = 1_000;

/// What is said when a conversation is resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Closing)]
pub struct ClosingNote {
    /// What it was about: a closing category.
    pub category_id: Option<Uuid>,
    /// A sentence for colleagues, at most 1,000 characters.
    pub note: Option<String>,
}

/// The same, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Checked {
    /// The category with its name.
    pub category: Option<(Uuid, String)>,
    /// The note.
    pub note: Option<String>,
}

/// Checks what is said, for a conversation that is about to be resolved or not (`resolves`).
///
/// # Errors
/// `Invalid` (naming the field), `Store`.
pub(crate) async fn check(read: &Read, given: Option<&ClosingNote>, resolves: bool) -> Result<Checked> {
    if !resolves {
        return match given {
            Some(_) => Err(Error::invalid("closing", "is only for a conversation that is being resolved")),
            None => Ok(Checked::default()),
        };
    }
    let wanted = settings::read(read).await?;
    let note = given.and_then(|given| given.note.as_deref()).map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > NOTE) {
        return Err(Error::invalid("closing.note", format!("must have at most {NOTE} characters")));
    }
    if note.is_none() && wanted.note_required {
        return Err(Error::invalid("closing.note", "must be written: this workspace asks how each conversation ended"));
    }
    let category = match given.and_then(|given| given.category_id) {
        None if wanted.category_required => {
            let detail = "must be chosen: this workspace asks what each conversation was about";
            return Err(Error::invalid("closing.category_id", detail));
        }
        None => None,
        Some(id) => match rapport_store::closing::category(read, id).await? {
            Some(row) if row.archived_at.is_none() => Some((row.id, row.name)),
            Some(_) => return Err(Error::invalid("closing.category_id", "names a category that is no longer offered")),
            None => return Err(Error::invalid("closing.category_id", "names a category that does not exist")),
        },
    };
    Ok(Checked { category, note: note.map(str::to_owned) })
}

/// What is kept of a change that resolves a conversation; `None` when it does not.
pub(crate) fn row(
    tx: &WriteTx,
    now: Ms,
    (before, after): (&ConversationState, &ConversationState),
    said: &Checked,
    actor: &Actor,
) -> Option<ClosingRow> {
    let resolves = before.status != ConversationStatus::Resolved && after.status == ConversationStatus::Resolved;
    let at = after.resolved_at.filter(|_| resolves)?;
    Some(ClosingRow {
        workspace_id: tx.workspace().0,
        id: tx.new_id(now),
        conversation_id: after.id.0,
        contact_id: after.contact_id.0,
        channel_id: after.channel_id.0,
        at: at.0,
        actor_kind: actor.kind.clone(),
        actor_id: actor.id,
        assignee_id: after.assignee_id.map(|user| user.0),
        team_id: after.team_id.map(|team| team.0),
        category_id: said.category.as_ref().map(|(id, _)| *id),
        note: said.note.clone(),
    })
}

/// Keeps what a resolution says and plans the survey, in the transaction that resolves. Does nothing when nothing was
/// resolved.
///
/// # Errors
/// `Store`.
pub(crate) async fn ended(
    app: &App,
    room: &Room,
    (before, after): (&ConversationState, &ConversationState),
    said: &Checked,
    actor: &Actor,
) -> Result<()> {
    let Some(row) = row(&room.tx, room.now, (before, after), said, actor) else { return Ok(()) };
    let resolved_at = Ms(row.at);
    rapport_store::closing::insert(&room.tx, row).await?;
    let survey = app.channels.care(room.tx.workspace()).await?.survey;
    if survey.enabled {
        let job = Job::Survey { conversation_id: after.id, resolved_at };
        rapport_store::job::enqueue(&room.tx, vec![job.row_at(room.now.plus(survey.delay_ms))], room.now).await?;
    }
    Ok(())
}
