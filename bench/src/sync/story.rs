//! A seed's story: two systems that have lived apart, a storm of changes and faults, rest, and single changes.

use super::act::Side;
use super::judge::{Seen, Single, Wrong, judge, look};
use super::person::{Field, Person};
use super::stand::Stand;
use super::wire::Weather;
use super::world::{Mutant, World};
use crate::Result;
use rand::Rng;
use rapport_app::clock::Clock;
use rapport_core::time::{HOUR, MINUTE, SECOND};
use rapport_core::{ContactId, Ms};
use rapport_store::link::IN_STEP;
use rapport_store::sync_contact;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What the storm is made of: every third story has a heavy one.
fn weather(seed: u64) -> Weather {
    let faults = if seed.is_multiple_of(3) { 150 } else { 50 };
    Weather { faults, deaths: 8, meanwhile: 60 }
}

/// For so long nothing happens before both sides count as at rest: longer than any look for changes or deletions.
const QUIET: i64 = 12 * MINUTE;
/// It must have come to rest by then.
const PATIENCE: i64 = 12 * HOUR;
/// Changes made one by one afterwards.
const SINGLES: usize = 6;

/// What is played.
#[derive(Debug, Clone, Copy)]
pub struct Script {
    /// Seed of everything.
    pub seed: u64,
    /// Contacts on both sides together.
    pub records: usize,
    /// Changes in the storm.
    pub changes: usize,
    /// What happens is printed.
    pub is_told: bool,
    /// A defect that must be noticed.
    pub mutant: Option<Mutant>,
}

/// What came of it.
pub struct Outcome {
    /// What must not be.
    pub wrong: Vec<Wrong>,
    /// What was seen.
    pub seen: Seen,
    /// Changes that actors made.
    pub changes: u64,
    /// Calls the product made.
    pub calls: u64,
    /// Of these, writing ones.
    pub writes: u64,
    /// Faults.
    pub faults: u64,
    /// Times the process died or was started anew.
    pub starts: u32,
    /// Simulated time, ms.
    pub time: i64,
}

/// Plays a story.
pub async fn play(stand: &'static Stand, script: Script) -> Result<Outcome> {
    let world = World::new(stand, script.seed, apart(script.seed)).await?;
    world.is_told.store(script.is_told, Ordering::SeqCst);
    let outcome = act(&world, script).await.map(|seen| conclude(&world, seen));
    world.finish().await?;
    outcome
}

/// How far the CRM's clock is from ours, ms: none, a little, and up to 90 s.
fn apart(seed: u64) -> i64 {
    [0, 400, -90_000, 90_000, -3_000][(seed % 5) as usize]
}

fn conclude(world: &World, seen: Seen) -> Outcome {
    let counts = world.wire.counts();
    let known = world.known();
    Outcome {
        wrong: judge(&seen),
        seen,
        changes: known.changes,
        calls: counts.total(),
        writes: counts.writes,
        faults: counts.faults,
        starts: known.starts,
        time: world.time.now().since(super::clock::START),
    }
}

async fn act(world: &Arc<World>, script: Script) -> Result<Seen> {
    populate(world, script.records).await?;
    world.connect().await?;
    settle(world).await?;
    world.look_round().await?;
    world.become_mutant(script.mutant);
    world.wire.weather(weather(script.seed)).await?;
    world.say(|| "-- storm".to_owned());
    storm(world, script.changes).await?;
    world.say(|| "-- rest".to_owned());
    world.wire.weather(Weather::default()).await?;
    let rested = settle(world).await?;
    let before = world.wire.counts().writes;
    world.until(world.time.now().plus(QUIET)).await?;
    let idle_writes = world.wire.counts().writes - before;
    let single = singles(world, SINGLES).await?;
    let rested = settle(world).await? && rested;
    let mut seen = look(world).await?;
    (seen.idle_writes, seen.single) = (idle_writes, single);
    if !rested {
        seen.wrong.push(format!("nothing came to rest within {} h", PATIENCE / HOUR));
    }
    Ok(seen)
}

/// A third each is known here, there, and on both sides with other words.
pub async fn populate(world: &World, records: usize) -> Result<()> {
    for number in 0..records {
        let person = world.stranger();
        if number % 3 != 0 {
            world.create_here(&person).await?;
        }
        if number % 3 != 1 {
            let mut theirs = person.clone();
            if number % 3 == 2 {
                theirs.name = format!("{} (there)", person.name);
                theirs.phone = super::person::spelled(&mut world.rng(), &person.phone);
            }
            if world.create_there(&theirs).await.is_err() {
                // Some take numbers in international form only.
                world.create_there(&Person { phone: person.phone, ..theirs }).await?;
            }
        }
        let pause = world.rng().random_range(0..5 * SECOND);
        world.pass(pause).await;
    }
    // Nobody connects a CRM whose search does not know its contacts yet.
    world.pass(10 * MINUTE).await;
    Ok(())
}

async fn storm(world: &World, changes: usize) -> Result<()> {
    for change in 0..changes {
        world.act().await?;
        let pause = {
            let mut rng = world.rng();
            match rng.random_range(0..4) {
                // Within the resolution of any clock.
                0 => 0,
                1 => rng.random_range(0..900),
                _ => rng.random_range(0..20 * SECOND),
            }
        };
        world.until(world.time.now().plus(pause)).await?;
        if change % 25 == 24 {
            world.look_round().await?;
        }
    }
    Ok(())
}

/// Lets time pass until nothing happens any more; false when that takes too long.
pub async fn settle(world: &World) -> Result<bool> {
    let began = world.time.now();
    let mut last = (began, 0, 0);
    while world.time.now().since(began) < PATIENCE {
        world.until(world.time.now().plus(30 * SECOND)).await?;
        let (writes, waiting) = (world.wire.counts().writes, waiting(world).await?);
        if (writes, waiting) != (last.1, last.2)
            || waiting > 0
            || world.is_expecting()
            || changed(world, last.0).await?
        {
            last = (world.time.now(), writes, waiting);
        }
        if world.time.now().since(last.0) >= QUIET {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn waiting(world: &World) -> Result<i64> {
    let app = world.app();
    let read = app.store.workspace(world.caller.workspace).read();
    Ok(rapport_store::sync_job::backlog(&read, world.connection()).await?.waiting)
}

/// Whether a contact here changed after a moment.
async fn changed(world: &World, since: Ms) -> Result<bool> {
    let app = world.app();
    let read = app.store.workspace(world.caller.workspace).read();
    Ok(!sync_contact::changed_since(&read, since.plus(1), uuid::Uuid::nil(), 1).await?.is_empty())
}

/// Changes, each for itself and in good weather, with what they cost.
pub async fn singles(world: &World, count: usize) -> Result<Vec<Single>> {
    let mut all = Vec::new();
    world.look_round().await?;
    let pairs = pairs(world).await?;
    for number in 0..if pairs.is_empty() { 0 } else { count } {
        let (here, there) = &pairs[(number * 7) % pairs.len()];
        let side = if number % 2 == 0 { Side::Here } else { Side::There };
        let field = if number % 4 < 2 { Field::Name } else { Field::City };
        let version = version(world, *here).await?;
        world.say(|| format!("-- change {number} alone"));
        let before = world.wire.counts();
        match side {
            Side::Here => world.edit_here(*here, field).await?,
            Side::There => world.edit_there(there, field).await?,
        }
        world.until(world.time.now().plus(if side == Side::Here { 2 * SECOND } else { 0 })).await?;
        let done = world.wire.counts();
        world.until(world.time.now().plus(3 * MINUTE)).await?;
        let after = world.wire.counts();
        all.push(Single {
            here: side == Side::Here,
            calls: done.total() - before.total(),
            writes: done.writes - before.writes,
            echoes: after.writes - done.writes,
            versions: self::version(world, *here).await? - version,
        });
    }
    Ok(all)
}

/// Contacts and records that are in step.
async fn pairs(world: &World) -> Result<Vec<(ContactId, String)>> {
    let seen = look(world).await?;
    // Who differs from a person's word has something to write with each change.
    let in_step = seen.links.into_iter().filter(|link| !link.over && link.state == IN_STEP && link.told.is_empty());
    Ok(in_step.map(|link| (ContactId(link.here), link.there)).collect())
}

async fn version(world: &World, id: ContactId) -> Result<i64> {
    let app = world.app();
    let read = app.store.workspace(world.caller.workspace).read();
    Ok(sync_contact::get(&read, &[id]).await?.first().map_or(0, |row| i64::from(row.version)))
}
