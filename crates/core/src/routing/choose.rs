//! Whose conversation it becomes.

use super::{Agent, Hours, absence};
use crate::{Ms, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How conversations are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// By hand: people take or give them.
    #[default]
    Manual,
    /// In turn: whoever has waited longest for one.
    RoundRobin,
    /// Whoever has the fewest open.
    Load,
    /// Whoever has the skills, and of those the one with the fewest open.
    Skill,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Manual, Self::RoundRobin, Self::Load, Self::Skill];

    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::RoundRobin => "round_robin",
            Self::Load => "load",
            Self::Skill => "skill",
        }
    }

    /// Reads a stored code; what nobody knows is by hand.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        Self::ALL.into_iter().find(|mode| mode.code() == code).unwrap_or_default()
    }
}

/// How a team's or channel's conversations are given out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// How.
    pub mode: Mode,
    /// Most conversations an agent has at a time; `None` = no limit.
    pub cap: Option<u32>,
    /// Whether the customer's owner in the CRM comes first.
    pub crm_owner: bool,
}

/// A conversation that waits for an agent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Case {
    /// The customer's language, as a code: `ar`, `pt-BR`.
    pub language: Option<String>,
    /// The customer's tags.
    pub tags: Vec<String>,
    /// The customer's owner.
    pub owner: Option<UserId>,
}

impl Case {
    /// What the customer needs: the language without its region, and the tags; lower case.
    fn wants(&self) -> BTreeSet<String> {
        let language = self.language.as_deref().and_then(|code| code.split(['-', '_']).next());
        let words = language.into_iter().chain(self.tags.iter().map(String::as_str));
        words.map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()).collect()
    }
}

/// Everything a choice depends on.
#[derive(Debug, Clone, Copy)]
pub struct Snapshot<'a> {
    /// The conversation.
    pub case: &'a Case,
    /// The policy.
    pub policy: &'a Policy,
    /// Everybody who may get it, available or not.
    pub agents: &'a [Agent],
    /// Working hours of the team or workspace.
    pub hours: Option<&'a Hours>,
    /// After how long without a connected screen somebody is away.
    pub away_after_ms: i64,
}

/// Why this agent. `open` is what they had before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// The customer is theirs in the CRM.
    Owner {
        /// What they had.
        open: u32,
    },
    /// It was their turn.
    Turn {
        /// What they had.
        open: u32,
    },
    /// They had the fewest.
    Fewest {
        /// What they had.
        open: u32,
    },
    /// They can do what this customer needs.
    Skill {
        /// What that is.
        skills: Vec<String>,
        /// What they had.
        open: u32,
    },
}

/// The choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Why.
    pub reason: Reason,
}

/// Why nobody gets it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// It is given out by hand.
    Manual,
    /// Nobody belongs to the team.
    NoAgents,
    /// Nobody is available.
    NobodyAvailable,
    /// Whoever is available has as many as they may.
    AllFull,
    /// Whoever can do what the customer needs is not available.
    NoSkill,
}

impl Waits {
    /// Whether everybody waits who comes under the same policy, whatever they need.
    #[must_use]
    pub fn is_everybodys(self) -> bool {
        self != Self::NoSkill
    }

    /// The short code sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::NoAgents => "no_agents",
            Self::NobodyAvailable => "nobody_available",
            Self::AllFull => "all_full",
            Self::NoSkill => "no_skill",
        }
    }
}

/// Chooses an agent for a conversation.
///
/// The customer's owner comes first where the policy says so. By skill, only skills that somebody in the team has count:
/// a customer whose language nobody speaks is not left to wait for a colleague who does not exist.
///
/// # Errors
/// Why the conversation waits.
pub fn choose(snapshot: &Snapshot<'_>, now: Ms) -> Result<Choice, Waits> {
    let Snapshot { case, policy, agents, hours, away_after_ms } = *snapshot;
    if policy.mode == Mode::Manual {
        return Err(Waits::Manual);
    }
    if agents.is_empty() {
        return Err(Waits::NoAgents);
    }
    let here: Vec<&Agent> = agents.iter().filter(|agent| absence(agent, hours, away_after_ms, now).is_none()).collect();
    if here.is_empty() {
        return Err(Waits::NobodyAvailable);
    }
    let free: Vec<&Agent> = here.into_iter().filter(|agent| has_room(agent, policy)).collect();
    if free.is_empty() {
        return Err(Waits::AllFull);
    }
    let owner = case.owner.filter(|_| policy.crm_owner);
    if let Some(agent) = free.iter().find(|agent| Some(agent.id) == owner) {
        return Ok(chosen(agent, Reason::Owner { open: agent.open }));
    }
    match policy.mode {
        Mode::RoundRobin => in_turn(&free).map(|agent| chosen(agent, Reason::Turn { open: agent.open })),
        Mode::Load => fewest(&free).map(|agent| chosen(agent, Reason::Fewest { open: agent.open })),
        Mode::Skill => by_skill(case, agents, &free),
        Mode::Manual => None,
    }
    .ok_or(if policy.mode == Mode::Skill { Waits::NoSkill } else { Waits::NobodyAvailable })
}

fn chosen(agent: &Agent, reason: Reason) -> Choice {
    Choice { user: agent.id, name: agent.name.clone(), reason }
}

fn has_room(agent: &Agent, policy: &Policy) -> bool {
    agent.cap.or(policy.cap).is_none_or(|cap| agent.open < cap)
}

/// Whoever was given one longest ago; between two who never were, the one who came first.
fn in_turn<'a>(agents: &[&'a Agent]) -> Option<&'a Agent> {
    agents.iter().copied().min_by_key(|agent| (agent.turn, agent.id))
}

/// Whoever has the fewest, and of those the one whose turn it is.
fn fewest<'a>(agents: &[&'a Agent]) -> Option<&'a Agent> {
    agents.iter().copied().min_by_key(|agent| (agent.open, agent.turn, agent.id))
}

fn by_skill(case: &Case, all: &[Agent], free: &[&Agent]) -> Option<Choice> {
    let known: BTreeSet<&String> = all.iter().flat_map(|agent| &agent.skills).collect();
    let needed: BTreeSet<String> = case.wants().into_iter().filter(|skill| known.contains(skill)).collect();
    let able: Vec<&Agent> = free.iter().copied().filter(|agent| needed.is_subset(&agent.skills)).collect();
    let agent = fewest(&able)?;
    if needed.is_empty() {
        return Some(chosen(agent, Reason::Fewest { open: agent.open }));
    }
    Some(chosen(agent, Reason::Skill { skills: needed.into_iter().collect(), open: agent.open }))
}
