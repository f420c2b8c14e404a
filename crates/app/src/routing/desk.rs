//! Everything about agents and policies at one moment, in memory: what the decisions are made of.

use super::hours::hours;
use super::{cap_of, words};
use crate::auth::{Permission, Role};
use crate::error::Result;
use rapport_core::contact::tags;
use rapport_core::routing::{self, Agent, Case, Choice, Hours, Mode, Policy, Presence, Snapshot, Waits};
use rapport_core::time::{MINUTE, SECOND};
use rapport_core::{Ms, UserId};
use rapport_store::Read;
use rapport_store::routing::{Automatic, Person, PlaceRow, Waiting};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Where the workspace's choices stand among its settings.
pub(crate) const KEY: &str = "routing";
/// After how long without a connected screen somebody is away, unless chosen otherwise.
pub(crate) const AWAY_AFTER_MS: i64 = 2 * MINUTE;
/// The least that can be chosen: screens tell that they are there every 20 seconds.
pub(crate) const AWAY_LEAST_MS: i64 = 60 * SECOND;
/// The most.
pub(crate) const AWAY_MOST_MS: i64 = 60 * MINUTE;
/// Most channels and teams that a question to the database leaves out; the others are passed over here.
const HOPELESS: usize = 200;
/// Names of contact fields that may hold the owner's address, as CRMs map them.
const OWNER_FIELDS: [&str; 4] = ["owner_email", "owner", "hubspot_owner_email", "crm_owner"];

/// A place whose policy decides, and the team whose members get its conversations.
type Group = (Uuid, Option<Uuid>);

/// The workspace's agents and policies.
pub(crate) struct Desk {
    workspace: Uuid,
    places: HashMap<Uuid, PlaceRow>,
    hours: HashMap<Uuid, Hours>,
    people: Vec<Person>,
    /// The teams there are.
    teams: HashSet<Uuid>,
    turns: HashMap<(Uuid, Uuid), i64>,
    /// Whoever may get conversations under a policy, as decisions see them: made once, and kept true.
    agents: HashMap<Group, Vec<Agent>>,
    /// Why nobody gets conversations of a channel and team. People only become busier here, so it stays true.
    nobody: HashMap<(Uuid, Option<Uuid>), Waits>,
    /// Likewise, for customers who need something.
    nobody_able: HashMap<(Uuid, Option<Uuid>, Case), Waits>,
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
            teams: rapport_store::team::ids(read).await?.into_iter().collect(),
            agents: HashMap::new(),
            nobody: HashMap::new(),
            nobody_able: HashMap::new(),
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

    /// What decides about a conversation: its team when that has chosen, else its channel, else the workspace. A team
    /// that is gone has no say.
    pub fn ruling(&self, channel: Uuid, team: Option<Uuid>) -> Ruling {
        let known = |team: &Uuid| self.teams.contains(team);
        let team = team.filter(known);
        let chosen = |id: Uuid| self.places.get(&id).filter(|row| row.mode.is_some());
        let row = team.and_then(chosen).or_else(|| chosen(channel)).or_else(|| self.places.get(&self.workspace));
        let policy = row.map_or_else(Policy::default, |row| Policy {
            mode: mode(row),
            cap: cap_of(row.cap),
            crm_owner: row.crm_owner,
        });
        let place = row.map_or(self.workspace, |row| row.place_id);
        Ruling { place, policy, team: team.or_else(|| row.and_then(|row| row.team_id).filter(known)) }
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
    pub fn choose(&mut self, waiting: &Waiting, now: Ms) -> (Ruling, std::result::Result<Choice, Waits>) {
        let ruling = self.ruling(waiting.channel, waiting.team);
        let place = (waiting.channel, waiting.team);
        if let Some(why) = self.nobody.get(&place) {
            return (ruling, Err(*why));
        }
        let case = Case {
            language: waiting.language.clone(),
            tags: tags(&waiting.fields),
            owner: if ruling.policy.crm_owner { self.owner(waiting) } else { None },
        };
        let needs = (place.0, place.1, case);
        if let Some(why) = self.nobody_able.get(&needs) {
            return (ruling, Err(*why));
        }
        self.gather((ruling.place, ruling.team));
        let snapshot = Snapshot {
            case: &needs.2,
            policy: &ruling.policy,
            agents: self.agents.get(&(ruling.place, ruling.team)).map_or(&[], Vec::as_slice),
            hours: self.hours(waiting.channel, ruling.team),
            away_after_ms: self.away_after_ms,
        };
        let choice = routing::choose(&snapshot, now);
        if let Err(why) = choice {
            if why.is_everybodys() {
                self.nobody.insert(place, why);
            } else {
                self.nobody_able.insert(needs, why);
            }
        }
        (ruling, choice)
    }

    /// Makes the agents of a group, the first time somebody asks.
    fn gather(&mut self, group: Group) {
        if self.agents.contains_key(&group) {
            return;
        }
        let (place, team) = group;
        let member = |person: &&Person| team.is_none_or(|team| person.teams.contains(&team));
        let agents = self.people.iter().filter(member).map(|person| self.agent(person, place)).collect();
        self.agents.insert(group, agents);
    }

    /// The channels and teams for which a look found nobody, as far as questions to the database name them.
    pub fn hopeless(&self) -> Vec<(Uuid, Option<Uuid>)> {
        let mut places: Vec<_> = self.nobody.keys().copied().collect();
        places.sort_unstable();
        places.truncate(HOPELESS);
        places
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
        for ((of, _), agents) in &mut self.agents {
            if let Some(agent) = agents.iter_mut().find(|agent| agent.id == user) {
                agent.open = agent.open.saturating_add(1);
                agent.turn = if *of == place { turn } else { agent.turn };
            }
        }
    }

    /// Somebody turned out to be busier than was known.
    pub fn busier(&mut self, user: UserId, open: i64) {
        if let Some(person) = self.people.iter_mut().find(|person| person.user.id == user.0) {
            person.open = open;
        }
        for agent in self.agents.values_mut().flatten().filter(|agent| agent.id == user) {
            agent.open = u32::try_from(open).unwrap_or(u32::MAX);
        }
    }

    /// Somebody turned out to be gone.
    pub fn gone(&mut self, user: UserId) {
        self.people.retain(|person| person.user.id != user.0);
        for agents in self.agents.values_mut() {
            agents.retain(|agent| agent.id != user);
        }
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
