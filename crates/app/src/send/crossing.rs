//! A message that goes over another channel than its own: what it meets there, and whether it may go now.

use super::facts::{self, Ask};
use crate::account::guard_policy::Rules;
use crate::channel::Channel;
use crate::error::Result;
use rapport_core::contact::Window;
use rapport_core::guard::{self, Outcome, Snapshot};
use rapport_core::message::Content;
use rapport_core::route::{bar, same_number, window};
use rapport_core::{ContactId, MessageId, Ms};
use rapport_store::Read;
use rapport_store::outgoing::Outgoing;
use rapport_store::query::person;
use std::sync::Arc;

/// What differs for a message between its own channel and the one it goes over.
pub(super) struct Crossing {
    /// Its own channel.
    pub home: Arc<Channel>,
    /// The customer sees the same number.
    same_number: bool,
    /// The window of the customer's chat with the other number.
    there: Window,
    /// The business blocked the customer on the message's own channel.
    blocked: bool,
}

impl Crossing {
    /// From `home` over `channel`.
    pub async fn of(
        read: &Read,
        rules: &Rules,
        home: Arc<Channel>,
        channel: &Channel,
        contact: ContactId,
    ) -> Result<Self> {
        let there = person::window(read, contact, rules.chats.members(&channel.id)).await?;
        let blocked = rapport_store::block::is_blocked(read, contact, home.id).await?;
        let same_number = same_number(home.number(), channel.number());
        Ok(Self { home, same_number, there: Window::new(there), blocked })
    }

    /// What the guard must know: the facts of the other channel, whose own were read already.
    pub fn apply(&self, snapshot: &mut Snapshot, channel: &Channel) {
        snapshot.window = window(self.same_number, snapshot.window, self.there);
        snapshot.customer.blocked |= self.blocked;
        // A business-scoped user id means nothing to another account.
        snapshot.customer.has_user_id &= self.home.portfolio_key == channel.portfolio_key;
    }

    /// What is handed over: what only the own channel knows is left out.
    pub fn adapt(&self, out: &mut Outgoing) {
        if !self.same_number {
            // The other number never saw the message it answers.
            out.reply_to = None;
        }
        if let Content::Media(file) = &mut out.content
            && file.media_id.is_some()
        {
            file.provider_media_id = None;
        }
    }
}

/// Why the guard would not let a message go over `channel` now: the code of the rule, or of what keeps it from
/// travelling at all. `None`: it may go. The limiters of the other channel belong to its lane's owner and are left
/// out: they only make it wait for its turn.
pub(super) async fn objection(
    read: &Read,
    rules: &Rules,
    home: Arc<Channel>,
    channel: &Channel,
    (message, out): (MessageId, &Outgoing),
    now: Ms,
) -> Result<Option<&'static str>> {
    let crossing = Crossing::of(read, rules, home, channel, out.contact).await?;
    let same_account = crossing.home.waba_id == channel.waba_id;
    if let Some(bar) = bar(&out.content, crossing.same_number, same_account) {
        return Ok(Some(bar.code()));
    }
    // What its own provider takes, the standby's may not: it waits for its own.
    if channel.provider.carries(&out.content).is_err() || channel.provider.too_long(&out.content).is_some() {
        return Ok(Some("content"));
    }
    let Some(contact) = person::contact(read, out.contact).await? else { return Ok(Some("recipient")) };
    let Some(row) = rapport_store::conversation::get(read, out.conversation).await? else {
        return Ok(Some("recipient"));
    };
    let conversation = person::state(&row)?;
    let (event, id) = (out.event.as_deref(), Some(message));
    let past = facts::past(read, channel, out.contact, (&out.content, event), id, rules, now).await?;
    let category = past.template.as_ref().map(|template| template.definition.category);
    let ask = Ask::of(&out.author_kind, category, event);
    let mut snapshot = facts::snapshot(channel, &contact, &conversation, &out.content, &past, &rules.timezone, now);
    crossing.apply(&mut snapshot, channel);
    let verdict = guard::judge(&ask.request(&out.content, event), &snapshot, &rules.policy, now);
    Ok(match verdict.outcome {
        Outcome::Allow => None,
        _ => Some(verdict.decided_by.map_or("guard", guard::Rule::code)),
    })
}
