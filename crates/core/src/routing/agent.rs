//! Whether an agent is there now.

use super::Hours;
use crate::{Ms, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What an agent says of themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Takes conversations.
    Online,
    /// Here, but takes none.
    Away,
    /// Not here.
    Offline,
}

impl Presence {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Offline => "offline",
        }
    }

    /// Reads a stored code; what nobody knows is offline.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        [Self::Online, Self::Away].into_iter().find(|presence| presence.code() == code).unwrap_or(Self::Offline)
    }
}

/// An agent as decisions see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Who.
    pub id: UserId,
    /// Their name, for the thread.
    pub name: String,
    /// What they say.
    pub presence: Presence,
    /// When one of their screens was last connected.
    pub seen_at: Option<Ms>,
    /// Their own shift; without one the hours of the team or workspace count.
    pub shift: Option<Hours>,
    /// What they can do, their teams' skills included; lower case.
    pub skills: BTreeSet<String>,
    /// Most conversations at a time, when it is another number than the policy's. 0 = none by itself.
    pub cap: Option<u32>,
    /// Open and pending conversations they have.
    pub open: u32,
    /// When they were last given one under this policy: a number that rises with each; 0 = never.
    pub turn: i64,
}

/// Why an agent is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// They say that they are not here.
    Offline,
    /// They say that they take none.
    Away,
    /// They say that they are here, but no screen of theirs is connected.
    NotConnected,
    /// It is outside their shift.
    OffShift,
    /// It is outside working hours.
    OffHours,
}

/// What colleagues see: who says "online" and has no screen connected for `away_after_ms` is away.
#[must_use]
pub fn presence_now(said: Presence, seen_at: Option<Ms>, away_after_ms: i64, now: Ms) -> Presence {
    let connected = seen_at.is_some_and(|seen| now.since(seen) <= away_after_ms);
    if said == Presence::Online && !connected { Presence::Away } else { said }
}

/// Why the agent is not available now; `None` when they are. `hours` are those of the team or workspace.
#[must_use]
pub fn absence(agent: &Agent, hours: Option<&Hours>, away_after_ms: i64, now: Ms) -> Option<Absence> {
    match (agent.presence, presence_now(agent.presence, agent.seen_at, away_after_ms, now)) {
        (Presence::Offline, _) => return Some(Absence::Offline),
        (Presence::Away, _) => return Some(Absence::Away),
        (Presence::Online, Presence::Online) => {}
        (Presence::Online, _) => return Some(Absence::NotConnected),
    }
    match (&agent.shift, hours) {
        (Some(shift), _) if !shift.is_open(now) => Some(Absence::OffShift),
        (None, Some(hours)) if !hours.is_open(now) => Some(Absence::OffHours),
        _ => None,
    }
}
