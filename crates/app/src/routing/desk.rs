//! Everything about agents and policies at one moment, in memory: what the decisions are made of.

use super::hours::hours;
use super::{cap_of, words};
use crate::auth::{Permission, Role};
use crate::error::Result;
use rapport_core::routing::{self, Agent, Case, Choice, Hours, Mode, Policy, Presence, Snapshot, Waits};
use rapport_core::time::{MINUTE, SECOND};
use rapport_core::{Ms, UserId};
use rapport_store::Read;
use rapport_store::routing::{Automatic, Person, PlaceRow, Waiting};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// Where the workspace's choices stand among its settings.
pub(crate) const KEY: &str = "routing";
/// After how long without a connected screen somebody is away, unless chosen otherwise.
pub(crate) const AWAY_AFTER_MS: i64 = 2 * MINUTE;
/// The least that can be chosen: screens tell that they are there every 20 seconds.
pub(crate) const AWAY_LEAST_MS: i64 = 60 * SECOND;
/// The most.
pub(crate) const AWAY_MOST_MS: i64 = 60 * MINUTE;
/// Names of contact fields that may hold the owner's address, as CRMs map them.
const OWNER_FIELDS: [&str; 4] = ["owner_email", "owner", "hubspot_owner_email", "crm_owner"];

/// The workspace's agents and policies.
pub(crate) struct Desk {
    workspace: Uuid,
    places: HashMap<Uuid, PlaceRow>,
    hours: HashMap<Uuid, Hours>,
    people: Vec<Person>,
    turns: HashMap<(Uuid, Uuid), i64>,
    /// After how long without a connected screen somebody is away.
    pub away_after_ms: i64,
}

/// What decides about a conversation.
pub(crate) struct Ruling {
    /// The workspace, team or channel whose policy it is.
    pub place: Uuid,
    /// The policy.
    pub policy: Policy,
    /// Whose members get it; none = everybody who may answer.
    pub team: Option<Uuid>,
}

impl Desk {
    /// Reads everything.
    ///
    /// # Errors
    /// `Store`.
    pub async fn load(read: &Read) -> Result<Self> {
        let places = rapport_store::routing::places(read).await?;
        let row = rapport_store::workspace::get(read).await?;
        let hours = places.iter().filter_map(|row| Some((row.place_id, hours(row.hours.as_ref())?))).collect();
        let mut people = rapport_store::routing::people(read).await?;
        people.retain(|person| may_answer(&person.user.role));
        Ok(Self {
            workspace: read.workspace().0,
            places: places.into_iter().map(|row| (row.place_id, row)).collect(),
            hours,
            people,
            turns: rapport_store::routing::turns(read).await?,
            away_after_ms: row.map_or(AWAY_AFTER_MS, |row| away_after(&row.settings)),
        })
    }

    /// Which conversations are given out by themselves.
    pub fn automatic(&self) -> Automatic {
        let chosen = |kind: &str| -> Vec<(Uuid, bool)> {
            let rows = self.places.values().filter(|row| row.kind == kind && row.mode.is_some());
            let mut rows: Vec<_> = rows.map(|row| (row.place_id, mode(row) != Mode::Manual)).collect();
            rows.sort_unstable();
            rows
        };
        let others = self.places.get(&self.workspace).is_some_and(|row| mode(row) != Mode::Manual);
        Automatic { teams: chosen("team"), channels: chosen("channel"), others }
    }

    /// What decides about a conversation: its team when that has chosen, else its channel, else the workspace.
    pub fn ruling(&self, channel: Uuid, team: Option<Uuid>) -> Ruling {
        let chosen = |id: Uuid| self.places.get(&id).filter(|row| row.mode.is_some());
        let row = team.and_then(chosen).or_else(|| chosen(channel)).or_else(|| self.places.get(&self.workspace));
        let policy = row.map_or_else(Policy::default, |row| Policy {
            mode: mode(row),
            cap: cap_of(row.cap),
            crm_owner: row.crm_owner,
        });
        let place = row.map_or(self.workspace, |row| row.place_id);
        Ruling { place, policy, team: team.or_else(|| row.and_then(|row| row.team_id)) }
    }

    /// The hours that count for a team's or channel's conversations.
    pub fn hours(&self, channel: Uuid, team: Option<Uuid>) -> Option<&Hours> {
        let own = |id: Uuid| self.hours.get(&id);
        team.and_then(own).or_else(|| own(channel)).or_else(|| own(self.workspace))
    }

    /// The hours that count for a person by themselves: their first team's that has any, else the workspace's.
    pub fn hours_of(&self, person: &Person) -> Option<&Hours> {
        let own = person.teams.iter().find_map(|team| self.hours.get(team));
        own.or_else(|| self.hours.get(&self.workspace))
    }

    /// Everybody who may answer.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// A person as decisions see them, with their turn under a policy.
    pub fn agent(&self, person: &Person, place: Uuid) -> Agent {
        let own = person.agent.as_ref();
        let teams = person.teams.iter().filter_map(|team| self.places.get(team)).map(|row| &row.skills);
        Agent {
            id: UserId(person.user.id),
            name: person.user.name.clone(),
            presence: Presence::parse(&person.user.presence),
            seen_at: own.and_then(|row| row.seen_at).map(Ms),
            shift: own.and_then(|row| hours(row.shift.as_ref())),
            skills: own.map(|row| &row.skills).into_iter().chain(teams).flat_map(words).collect(),
            cap: own.and_then(|row| cap_of(row.cap)),
            open: u32::try_from(person.open).unwrap_or(u32::MAX),
            turn: self.turns.get(&(place, person.user.id)).copied().unwrap_or(0),
        }
    }

    /// Who gets a conversation now, under which policy.
    pub fn choose(&self, waiting: &Waiting, now: Ms) -> (Ruling, std::result::Result<Choice, Waits>) {
        let ruling = self.ruling(waiting.channel, waiting.team);
        let member = |person: &&Person| ruling.team.is_none_or(|team| person.teams.contains(&team));
        let agents: Vec<Agent> =
            self.people.iter().filter(member).map(|person| self.agent(person, ruling.place)).collect();
        let case = Case { language: waiting.language.clone(), tags: tags(&waiting.fields), owner: self.owner(waiting) };
        let snapshot = Snapshot {
            case: &case,
            policy: &ruling.policy,
            agents: &agents,
            hours: self.hours(waiting.channel, ruling.team),
            away_after_ms: self.away_after_ms,
        };
        let choice = routing::choose(&snapshot, now);
        (ruling, choice)
    }

    /// The number of the next turn under a policy.
    pub fn next_turn(&self, place: Uuid) -> i64 {
        let turns = self.turns.iter().filter(|((of, _), _)| *of == place).map(|(_, turn)| *turn);
        turns.max().unwrap_or(0) + 1
    }

    /// Notes that somebody was given a conversation.
    pub fn given(&mut self, place: Uuid, user: UserId, turn: i64) {
        self.turns.insert((place, user.0), turn);
        if let Some(person) = self.people.iter_mut().find(|person| person.user.id == user.0) {
            person.open += 1;
        }
    }

    /// Somebody turned out to be busier than was known.
    pub fn busier(&mut self, user: UserId, open: i64) {
        if let Some(person) = self.people.iter_mut().find(|person| person.user.id == user.0) {
            person.open = open;
        }
    }

    /// Somebody turned out to be gone.
    pub fn gone(&mut self, user: UserId) {
        self.people.retain(|person| person.user.id != user.0);
    }

    /// The most conversations a person may have under a policy.
    pub fn cap(&self, user: UserId, policy: &Policy) -> Option<u32> {
        let person = self.people.iter().find(|person| person.user.id == user.0);
        person.and_then(|person| person.agent.as_ref()).and_then(|row| cap_of(row.cap)).or(policy.cap)
    }

    /// The customer's owner: chosen here, or named by a field that a CRM fills.
    fn owner(&self, waiting: &Waiting) -> Option<UserId> {
        if let Some(owner) = waiting.owner {
            return Some(UserId(owner));
        }
        let named = OWNER_FIELDS.iter().find_map(|field| waiting.fields.get(*field).and_then(Value::as_str));
        let named = named.map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty())?;
        let known = |person: &&Person| person.user.email == named || person.user.name.to_lowercase() == named;
        self.people.iter().find(known).map(|person| UserId(person.user.id))
    }
}

fn mode(row: &PlaceRow) -> Mode {
    row.mode.as_deref().map_or(Mode::Manual, Mode::parse)
}

/// Whether people of a role write to customers.
fn may_answer(role: &str) -> bool {
    Role::parse(role).is_some_and(|role| role.permissions().has(Permission::InboxWrite))
}

/// After how long somebody is away, as the workspace has chosen.
pub(crate) fn away_after(settings: &Value) -> i64 {
    let chosen = settings.get(KEY).and_then(|routing| routing.get("away_after_ms")).and_then(Value::as_i64);
    chosen.unwrap_or(AWAY_AFTER_MS).clamp(AWAY_LEAST_MS, AWAY_MOST_MS)
}

/// The customer's tags, where a field has them: a list, or words with commas between them.
fn tags(fields: &Value) -> Vec<String> {
    match fields.get("tags") {
        Some(Value::Array(list)) => list.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect(),
        Some(Value::String(words)) => words.split([',', ';']).map(|word| word.trim().to_owned()).collect(),
        _ => Vec::new(),
    }
}
