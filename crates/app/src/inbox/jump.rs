//! Threads from a message on: what stands round it, and what came after.

use super::Rooms;
use super::view::{self, MessageView};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::{ConversationId, MessageId};
use rapport_store::Read;
use rapport_store::query::thread::{self, Line};
use uuid::Uuid;

/// A place in a thread: a line's time and id.
pub type Place = (i64, Uuid);

/// A page of a thread that does not begin at its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// The lines, newest first.
    pub items: Vec<MessageView>,
    /// Where older ones begin.
    pub older: Option<Place>,
    /// Where newer ones begin.
    pub newer: Option<Place>,
}

/// The lines round a message, about half of them newer.
///
/// # Errors
/// `Forbidden`, `NotFound` when the message is not in this conversation, `Store`.
pub async fn around(app: &App, caller: &Caller, id: ConversationId, message: MessageId, limit: u64) -> Result<Stretch> {
    let (read, id) = open(app, caller, id).await?;
    let place = thread::place(&read, id, message).await?.ok_or(Error::NotFound("message"))?;
    let (after, before) = (limit / 2, limit - limit / 2);
    let (mut newer, more_newer) = cut_newer(thread::newer(&read, id, place, after + 1).await?, after);
    // From the line itself on: its own id with the next number is just beyond it.
    let from = (place.0, Uuid::from_u128(place.1.as_u128().saturating_add(1)));
    let mut older = thread::page(&read, id, Some(from), before + 1).await?;
    let more_older = cut_older(&mut older, before);
    newer.append(&mut older);
    stretch(&read, newer, more_older, more_newer).await
}

/// The lines just after a place.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn newer(app: &App, caller: &Caller, id: ConversationId, after: Place, limit: u64) -> Result<Stretch> {
    let (read, id) = open(app, caller, id).await?;
    let (lines, more) = cut_newer(thread::newer(&read, id, after, limit + 1).await?, limit);
    // Older ones are where the caller comes from.
    let mut found = stretch(&read, lines, true, more).await?;
    found.older = Some(found.older.unwrap_or(after));
    Ok(found)
}

async fn open(app: &App, caller: &Caller, id: ConversationId) -> Result<(Read, ConversationId)> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = rapport_store::conversation::get(&read, id).await?.ok_or(Error::NotFound(Rooms::NOUN))?;
    Ok((read, ConversationId(row.id)))
}

/// Of lines newest first: the oldest so many, and whether there were more.
fn cut_newer(mut lines: Vec<Line>, limit: u64) -> (Vec<Line>, bool) {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let beyond = lines.len().saturating_sub(wanted);
    let rest = lines.split_off(beyond);
    (rest, beyond > 0)
}

fn cut_older(lines: &mut Vec<Line>, limit: u64) -> bool {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = lines.len() > wanted;
    lines.truncate(wanted);
    more
}

async fn stretch(read: &Read, lines: Vec<Line>, older: bool, newer: bool) -> Result<Stretch> {
    let place = |line: &Line| (line.row.at, line.row.id);
    Ok(Stretch {
        older: lines.last().filter(|_| older).map(place),
        newer: lines.first().filter(|_| newer).map(place),
        items: view::messages(read, lines).await?,
    })
}
