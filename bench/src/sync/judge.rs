//! Whether two systems are in step: judged from what both show, by plain comparison that knows nothing of the merge.

use super::person::{Field, Person};
use super::stand::There;
use super::world::World;
use crate::Result;
use crate::sync::act::person_of;
use rapport_core::ConnectionId;
use rapport_store::link::{FAILED, IN_FLIGHT, LinkRow, WAITING};
use rapport_store::{link, sync_job};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// A contact here, as the judges see it.
#[derive(Debug, Clone)]
pub struct Here {
    /// Its id.
    pub id: Uuid,
    /// What it says.
    pub person: Person,
}

/// How a contact and a record hang together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Ours.
    pub here: Uuid,
    /// Theirs.
    pub there: String,
    /// `in_step`, `waiting`, `failed`.
    pub state: String,
    /// What people are told.
    pub told: String,
    /// The record is gone: nothing is brought over any more.
    pub over: bool,
}

/// Everything that was seen once all had come to rest.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Contacts here that were not merged away.
    pub here: Vec<Here>,
    /// Records there, gone ones too.
    pub there: Vec<There>,
    /// Links.
    pub links: Vec<Link>,
    /// Jobs that wait, and jobs that were given up.
    pub jobs: (i64, i64),
    /// Writes over there while nobody changed anything.
    pub idle_writes: u64,
    /// Numbers that people there gave to several records.
    pub doubled: BTreeSet<String>,
    /// For single changes: where it was made, writes over there while it was brought over, and afterwards.
    pub single: Vec<Single>,
    /// What actors could not do.
    pub wrong: Vec<String>,
    /// Fields that differ and are told to.
    pub told: usize,
}

/// One change that was made alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Single {
    /// Made here.
    pub here: bool,
    /// Calls until the work was done, reading included.
    pub calls: u64,
    /// Writing calls until the work was done.
    pub writes: u64,
    /// Writing calls when the change was seen again by looking for changes.
    pub echoes: u64,
    /// Times that the contact here changed.
    pub versions: i64,
}

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Which judge says so.
    pub judge: &'static str,
    /// What.
    pub what: String,
}

/// A judge.
type Judge = fn(&Seen) -> Vec<String>;

/// The judges.
pub const JUDGES: &[(&str, Judge)] = &[
    ("both sides agree, field by field", agree),
    ("nobody is there twice", once),
    ("nothing is left in between", rest),
    ("no echo", echo),
];

/// What is wrong.
pub fn judge(seen: &Seen) -> Vec<Wrong> {
    let of = |(name, judge): &(&'static str, Judge)| {
        let name = *name;
        judge(seen).into_iter().map(move |what| Wrong { judge: name, what })
    };
    JUDGES.iter().flat_map(of).collect()
}

/// Fields that differ between a pair, those that people are told of left out; and how many those are.
pub fn differences(here: &Person, there: &Person, told: &str) -> (Vec<Field>, usize) {
    let told = told.to_lowercase();
    let differs = |field: &Field| here.plain(*field) != there.plain(*field);
    let (explained, open): (Vec<Field>, Vec<Field>) =
        Field::ALL.into_iter().filter(differs).partition(|field| field.words().iter().any(|word| told.contains(word)));
    (open, explained.len())
}

fn agree(seen: &Seen) -> Vec<String> {
    let there: HashMap<&str, &There> = seen.there.iter().map(|there| (there.id.as_str(), there)).collect();
    let here: HashMap<Uuid, &Here> = seen.here.iter().map(|here| (here.id, here)).collect();
    let mut wrong = Vec::new();
    for link in seen.links.iter().filter(|link| !link.over) {
        // A contact that was merged away is judged by what it became.
        let Some(here) = here.get(&link.here) else { continue };
        let Some(there) = there.get(link.there.as_str()).filter(|there| there.alive) else {
            let (state, told) = (&link.state, &link.told);
            wrong.push(format!(
                "contact {} is linked to {}, which is not there; {state}: {told}",
                link.here, link.there
            ));
            continue;
        };
        for field in differences(&here.person, &there.person, &link.told).0 {
            let (ours, theirs) = (here.person.get(field), there.person.get(field));
            wrong.push(format!("{field} of {} is {ours:?} here and {theirs:?} there ({})", link.here, link.there));
        }
    }
    wrong
}

fn twice<'a>(keys: impl Iterator<Item = (String, &'a str)>) -> Vec<(String, String)> {
    let mut all: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (key, id) in keys.filter(|(key, _)| !key.is_empty()) {
        all.entry(key).or_default().push(id);
    }
    all.into_iter().filter(|(_, ids)| ids.len() > 1).map(|(key, ids)| (key, ids.join(", "))).collect()
}

fn once(seen: &Seen) -> Vec<String> {
    let alive = || seen.there.iter().filter(|there| there.alive);
    let numbers = twice(alive().map(|there| (there.person.plain(Field::Phone), there.id.as_str())));
    let keys = twice(alive().map(|there| (there.key.clone(), there.id.as_str())));
    let ids: Vec<String> = seen.here.iter().map(|here| here.id.to_string()).collect();
    let ours = twice(seen.here.iter().zip(&ids).map(|(here, id)| (here.person.plain(Field::Phone), id.as_str())));
    let said = |what: &str, pairs: Vec<(String, String)>| {
        let what = what.to_owned();
        pairs.into_iter().map(move |(key, ids)| format!("{what} {key}: {ids}")).collect::<Vec<_>>()
    };
    let numbers = numbers.into_iter().filter(|(number, _)| !seen.doubled.contains(number)).collect();
    [
        said("records there with the number", numbers),
        said("records there with the key", keys),
        said("contacts here with the number", ours),
    ]
    .concat()
}

fn rest(seen: &Seen) -> Vec<String> {
    let mut wrong = seen.wrong.clone();
    let (waiting, dead) = seen.jobs;
    if waiting + dead > 0 {
        wrong.push(format!("{waiting} jobs wait, {dead} were given up"));
    }
    let alive: BTreeSet<&str> = seen.there.iter().filter(|there| there.alive).map(|there| there.id.as_str()).collect();
    for link in &seen.links {
        let is_open = link.state == WAITING || link.there.starts_with(IN_FLIGHT);
        if is_open || (link.state == FAILED && !link.over) {
            wrong.push(format!("the link of {} to {} is {}: {}", link.here, link.there, link.state, link.told));
        }
        if link.over && link.told.is_empty() {
            wrong.push(format!("nobody is told that {} is no longer brought over", link.here));
        }
    }
    let linked: BTreeSet<&str> = seen.links.iter().map(|link| link.there.as_str()).collect();
    for there in seen.there.iter().filter(|there| there.alive && !linked.contains(there.id.as_str())) {
        let number = there.person.plain(Field::Phone);
        if !number.is_empty() && !seen.doubled.contains(&number) {
            wrong.push(format!("{} with the number {number} never came over from there", there.id));
        }
    }
    let linked: BTreeSet<Uuid> = seen.links.iter().map(|link| link.here).collect();
    for here in seen.here.iter().filter(|here| !linked.contains(&here.id)) {
        wrong.push(format!(
            "{} with the number {} never went over ({} there)",
            here.id,
            here.person.phone,
            alive.len()
        ));
    }
    wrong
}

fn echo(seen: &Seen) -> Vec<String> {
    let mut wrong = Vec::new();
    if seen.idle_writes > 0 {
        wrong.push(format!("{} writes while nobody changed anything", seen.idle_writes));
    }
    for (at, single) in seen.single.iter().enumerate() {
        let side = if single.here { "here" } else { "there" };
        // What was changed here is written once and never again; what was changed there may be echoed once (a
        // spelling that is put right) and changes the contact once.
        let most = u64::from(!single.here);
        if single.echoes > most {
            wrong.push(format!("change {at}, made {side}: {} writes more when it was seen again", single.echoes));
        }
        if single.versions > 1 {
            wrong.push(format!("change {at}, made {side}: the contact here changed {} times", single.versions));
        }
    }
    wrong
}

/// Looks at both sides.
pub async fn look(world: &World) -> Result<Seen> {
    let app = world.app();
    let read = app.store.workspace(world.caller.workspace).read();
    let rows = world.all_here().await?;
    let there = world.all_there().await?;
    let connection: ConnectionId = world.connection();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let theirs: Vec<String> = there.iter().map(|there| there.id.clone()).collect();
    let mut links: HashMap<Uuid, LinkRow> = HashMap::new();
    for row in link::of(&read, connection, "contact", &ids).await? {
        links.insert(row.local_id, row);
    }
    for row in link::by_remote(&read, connection, "contact", &theirs).await? {
        links.insert(row.local_id, row);
    }
    let mut links: Vec<Link> = links
        .into_values()
        .map(|row| Link {
            here: row.local_id,
            there: row.remote_id,
            state: row.state,
            told: row.error.unwrap_or_default(),
            over: row.deleted_at.is_some(),
        })
        .collect();
    links.sort_by_key(|link| link.here);
    let backlog = sync_job::backlog(&read, connection).await?;
    let here: Vec<Here> = rows.iter().map(|row| Here { id: row.id, person: person_of(row) }).collect();
    let mut seen = Seen { here, there, links, jobs: (backlog.waiting, backlog.dead), ..Seen::default() };
    seen.doubled.clone_from(&world.known().doubled);
    seen.wrong.clone_from(&world.known().wrong);
    seen.told = told(&seen);
    Ok(seen)
}

fn told(seen: &Seen) -> usize {
    let there: HashMap<&str, &There> = seen.there.iter().map(|there| (there.id.as_str(), there)).collect();
    let here: HashMap<Uuid, &Here> = seen.here.iter().map(|here| (here.id, here)).collect();
    let of = |link: &Link| {
        let (here, there) = (here.get(&link.here)?, there.get(link.there.as_str())?);
        Some(differences(&here.person, &there.person, &link.told).1)
    };
    seen.links.iter().filter(|link| !link.over).filter_map(of).sum()
}
