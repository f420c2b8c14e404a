//! Messages with a moment of their own, and those that somebody changed while they were about to be judged.

use super::plan::Case;
use crate::error::Result;
use rapport_core::Ms;
use rapport_core::inbox::unsent::{Around, come_due, overtaken, withdraw};
use rapport_core::inbox::{Book, Change, ConversationState, MessageState, Step, step};
use rapport_core::route::Chats;
use rapport_store::WriteTx;
use rapport_store::send;
use std::collections::BTreeSet;

/// Why a planned message is not sent, for the thread.
const OVERTAKEN: &str = "the customer wrote before its time";

/// Leaves out what was changed or taken back after it was read: it is judged again as it is now. The lanes are held, so that
/// nothing of the rest changes before it is handed over.
pub(super) async fn unchanged(tx: &WriteTx, cases: Vec<Case>) -> Result<Vec<Case>> {
    let read: Vec<_> = cases.iter().map(|case| (case.due.message, case.due.revision)).collect();
    let left = send::unchanged(tx, &read).await?;
    Ok(cases.into_iter().filter(|case| left.contains(&case.due.message)).collect())
}

/// Learns what customers have said whom messages heed. The lanes are held, so that nobody says more before those are
/// handed over.
pub(super) async fn listen(tx: &WriteTx, book: &Book, cases: &mut [Case], chats: &Chats) -> Result<()> {
    // Where a message stands now: its conversation may have become part of another one since it was read.
    let place = |case: &Case| book.message(case.due.message).map(|message| message.conversation_id);
    let places: BTreeSet<_> = cases.iter().filter(|case| heeded(case).is_some()).filter_map(place).collect();
    if places.is_empty() {
        return Ok(());
    }
    let said = send::last_said(tx, &places.into_iter().collect::<Vec<_>>(), chats).await?;
    for case in cases {
        case.last_said = place(case).and_then(|id| said.get(&id).copied());
    }
    Ok(())
}

/// What the customer may not have said more than.
fn heeded(case: &Case) -> Option<Ms> {
    case.due.plan.and_then(|plan| plan.heed_since)
}

/// Takes a planned message back when the customer wrote first and somebody wanted that to cancel it; `None` when it goes
/// on.
pub(super) fn cancelled(
    case: &Case,
    message: &MessageState,
    conversation: &ConversationState,
    now: Ms,
) -> Option<Vec<Change>> {
    overtaken(case.last_said, heeded(case))
        .then(|| withdraw(message, &around(case, conversation), Some(OVERTAKEN), now))
}

/// What a step makes of a message.
pub(super) fn changes(
    case: &Case,
    message: &MessageState,
    conversation: &ConversationState,
    said: &Step,
    now: Ms,
) -> Vec<Change> {
    match case.due.plan {
        Some(_) => come_due(message, &around(case, conversation), said, now),
        None => step(message, Some(conversation), said, now),
    }
}

fn around<'a>(case: &'a Case, conversation: &'a ConversationState) -> Around<'a> {
    Around { conversation, content: &case.out.content, planned: true, answered: true }
}
