//! Over which channel a message goes that waits: at its own, or at the standby of that.
//!
//! A message takes one step away from its own channel at most, and from there only back: the standby's own route is
//! not asked. So standbys may stand by for each other, in chains and in circles, and no message goes round in them.

use super::Side;
use crate::{ChannelId, Ms};

/// Where a route stands, as far as one message is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Over which side messages go.
    pub active: Side,
    /// The standby.
    pub standby: ChannelId,
    /// The primary answers, slowly perhaps: what cannot go over the standby may go over it.
    pub still_takes: bool,
    /// When more will be known about the primary.
    pub recheck_at: Ms,
}

/// What becomes of a message that waits at its own channel while messages go over the standby.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is judged and goes over its own channel.
    Here,
    /// It waits at this channel from now on.
    Over(ChannelId),
    /// It waits until then.
    Wait(Ms),
}

impl Standing {
    /// The channel that a message at its own channel should go over instead, if the guard lets it.
    #[must_use]
    pub fn leads_to(&self) -> Option<ChannelId> {
        (self.active == Side::Standby).then_some(self.standby)
    }

    /// What becomes of such a message; `may_go`: whether the guard lets it go over the standby. Late is better than never,
    /// where somebody answers.
    #[must_use]
    pub fn step(&self, may_go: bool) -> Step {
        match self.leads_to() {
            None => Step::Here,
            Some(standby) if may_go => Step::Over(standby),
            Some(_) if self.still_takes => Step::Here,
            Some(_) => Step::Wait(self.recheck_at),
        }
    }

    /// Whether a message that waits at channel `at`, which is not its own, stays there. Otherwise it goes home.
    #[must_use]
    pub fn keeps(&self, at: ChannelId) -> bool {
        self.leads_to() == Some(at)
    }
}
