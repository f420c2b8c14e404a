//! Snoozed conversations come back at their time.

use super::Rooms;
use crate::error::{Error, Result};
use crate::jobs::Outcome;
use crate::state::App;
use rapport_core::inbox::{self, Command, ConversationStatus};
use rapport_core::{ConversationId, WorkspaceId};

/// Opens a conversation whose time has come. One that was snoozed for longer meanwhile waits on.
///
/// # Errors
/// What the store said.
pub async fn run(app: &App, workspace: WorkspaceId, id: ConversationId) -> Result<Outcome> {
    let mut room = match Rooms::enter(app, workspace, id, None).await {
        Ok(room) => room,
        Err(Error::NotFound(_)) => return Ok(Outcome::Done),
        Err(error) => return Err(error),
    };
    let known = room.conversation.clone();
    let until = known.snoozed_until.filter(|_| known.status == ConversationStatus::Snoozed);
    let Some(until) = until else { return Ok(Outcome::Done) };
    if until > room.now {
        return Ok(Outcome::Again { at: until });
    }
    let actor = inbox::Actor { kind: "system".to_owned(), id: None, name: None };
    let command = [Command::SetStatus(ConversationStatus::Open, None)];
    let decided = room.decide(|context, fresh| inbox::run(&known, &command, &actor, false, context, fresh));
    // It was unresolved before, so no other conversation can be in the way.
    let decision = decided.map_err(|error| Error::Internal(error.to_string()))?;
    room.write(decision.changes).await?;
    room.tx.commit().await?;
    app.feeds.wake();
    Ok(Outcome::Done)
}
