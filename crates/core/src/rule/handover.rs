//! When people have a conversation in hand: automation keeps out of it.

use super::facts::Facts;
use crate::time::HOUR;
use crate::{ConversationId, Ms};
use serde::{Deserialize, Serialize};

/// How long automation keeps out of a conversation after a person took it. Milliseconds.
pub const PAUSE_MS: i64 = 12 * HOUR;

/// Whether a wish for a person that was said at a moment still counts.
#[must_use]
pub fn lately(said: Ms, now: Ms) -> bool {
    said.plus(PAUSE_MS) > now
}

/// How long after a rule's message a wish for a person is put down to it. Milliseconds.
const PUT_DOWN_MS: i64 = 24 * HOUR;

/// Whether a wish for a person is put down to the message of a rule that was sent before it.
#[must_use]
pub fn wanted_after(sent: Ms, wished: Ms) -> bool {
    (1..=PUT_DOWN_MS).contains(&wished.since(sent))
}

/// Why automation keeps out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Somebody of the team wrote.
    AgentReplied,
    /// The customer asked for a person.
    HumanWanted,
}

/// A conversation that people have in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Why.
    pub why: Why,
    /// Since when.
    pub at: Ms,
    /// Until when.
    pub until: Ms,
}

/// Whether a conversation is in people's hands now. A wish for a person counts before the replies that it brought.
#[must_use]
pub fn handed_over(facts: &Facts, conversation: Option<ConversationId>, now: Ms) -> Option<Pause> {
    let id = conversation?;
    let recent = facts.said.iter().filter(|said| said.conversation_id == id && said.at.plus(PAUSE_MS) > now);
    let (mut wish, mut reply): (Option<Ms>, Option<Ms>) = (None, None);
    for said in recent {
        if said.inbound && said.human {
            wish = wish.max(Some(said.at));
        } else if !said.inbound && matches!(said.by.as_str(), "user" | "phone_app") {
            reply = reply.max(Some(said.at));
        }
    }
    let pause = |why, at: Ms| Pause { why, at, until: at.plus(PAUSE_MS) };
    wish.map(|at| pause(Why::HumanWanted, at)).or(reply.map(|at| pause(Why::AgentReplied, at)))
}
