//! Fault classes of synchronisation that need a script of their own (perf-reliability.md §2, F17 to F23). Each answers
//! with what is wrong.

use super::judge::{judge, look};
use super::person::{Field, Person};
use super::stand::Stand;
use super::story::{populate, settle};
use super::world::World;
use crate::Result;
use futures::future::BoxFuture;
use rapport_app::clock::Clock;
use rapport_app::connection;
use rapport_app::contact::update::{ContactPatch, update};
use rapport_connectors::crm::vendor;
use rapport_core::ContactId;
use rapport_core::time::{DAY, HOUR, MINUTE, SECOND};
use rapport_store::link::IN_STEP;
use rapport_store::{audit_log, sync_job};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A scene: with a kind of CRM, and in its long form or not.
pub type Scene = fn(&'static Stand, bool) -> BoxFuture<'static, Result<Vec<String>>>;

/// Scenes by name, with the fault classes they stand for.
pub const SCENES: &[(&str, &str, Scene)] = &[
    ("outage", "F17 a CRM that is down for three days", |stand, _| Box::pin(outage(stand))),
    ("tokens", "F18 tokens are refused in the middle of batches", |stand, _| Box::pin(tokens(stand))),
    ("crowd", "F21 very many records of one moment", |stand, long| Box::pin(crowd(stand, long))),
    ("place", "F21 the place to go on from is lost", |stand, _| Box::pin(place(stand))),
    ("return", "F21 a deleted record and the one that came in its place", |stand, _| Box::pin(come_back(stand))),
    ("unsaid", "F21 nobody tells of a deleted record", |stand, _| Box::pin(unsaid(stand))),
    ("circle", "F22 a rule here and a workflow there undo each other", |stand, _| Box::pin(circle(stand))),
    ("conflict", "F23 the same field on both sides within a millisecond", |stand, _| Box::pin(conflict(stand))),
];

/// Two systems in step.
async fn ready(stand: &'static Stand, seed: u64, records: usize) -> Result<Arc<World>> {
    let world = World::new(stand, seed, 0).await?;
    populate(&world, records).await?;
    world.connect().await?;
    settle(&world).await?;
    world.look_round().await?;
    Ok(world)
}

/// Lets everything come to rest, judges both sides, and ends.
async fn conclude(world: Arc<World>, mut wrong: Vec<String>) -> Result<Vec<String>> {
    if !settle(&world).await? {
        wrong.push("nothing came to rest".to_owned());
    }
    let found = judge(&look(&world).await?);
    wrong.extend(found.into_iter().map(|wrong| format!("{}: {}", wrong.judge, wrong.what)));
    world.finish().await?;
    Ok(wrong)
}

async fn backlog(world: &World) -> Result<(i64, i64)> {
    let app = world.app();
    let read = app.store.workspace(world.caller.workspace).read();
    let backlog = sync_job::backlog(&read, world.connection()).await?;
    Ok((backlog.waiting, backlog.dead))
}

/// Contacts and records that are in step.
async fn pairs(world: &World) -> Result<Vec<(ContactId, String)>> {
    let links = look(world).await?.links.into_iter().filter(|link| !link.over && link.state == IN_STEP);
    Ok(links.map(|link| (ContactId(link.here), link.there)).collect())
}

async fn city_here(world: &World, id: ContactId, city: &str) -> Result<()> {
    let fields = [("city".to_owned(), Value::from(city))].into_iter().collect();
    update(&world.app(), &world.caller, id, ContactPatch { fields: Some(fields), ..ContactPatch::default() }).await?;
    Ok(())
}

async fn city_there(world: &World, id: &str, city: &str) -> Result<()> {
    let path = format!("{}/{id}", world.stand.contacts);
    world.wire.control("POST", &path, &world.stand.write(&[(Field::City, city.to_owned())])).await.map(drop)
}

async fn person_here(world: &World, id: ContactId) -> Result<Person> {
    let rows = world.all_here().await?;
    Ok(rows.iter().find(|row| row.id == id.0).map(super::act::person_of).unwrap_or_default())
}

async fn outage(stand: &'static Stand) -> Result<Vec<String>> {
    let world = ready(stand, 17, 12).await?;
    let mut wrong = Vec::new();
    world.wire.is_down.store(true, Ordering::SeqCst);
    let began = world.time.now();
    let mut round = 0;
    while world.time.now().since(began) < 3 * DAY {
        for (here, there) in pairs(&world).await?.iter().take(3) {
            city_here(&world, *here, &format!("Here {round}")).await?;
            world.edit_there(there, Field::Name).await?;
        }
        if round % 4 == 0 {
            let person = world.stranger();
            world.create_here(&person).await?;
        }
        round += 1;
        world.until(world.time.now().plus(90 * SECOND)).await?;
        world.pass(2 * HOUR).await;
    }
    let (waiting, dead) = backlog(&world).await?;
    let most = i64::try_from(world.all_here().await?.len() + world.all_there().await?.len())?;
    if dead > 0 || waiting > most || waiting == 0 {
        wrong.push(format!("after three days {waiting} jobs wait (at most {most} expected), {dead} were given up"));
    }
    world.wire.is_down.store(false, Ordering::SeqCst);
    let up = world.time.now();
    let person = world.stranger();
    let fresh = world.create_here(&person).await?;
    while backlog(&world).await?.0 > 0 && world.time.now().since(up) < HOUR {
        world.until(world.time.now().plus(5 * SECOND)).await?;
    }
    let took = world.time.now().since(up);
    if took > 10 * MINUTE {
        wrong.push(format!("catching up took {} s", took / SECOND));
    }
    if !pairs(&world).await?.iter().any(|(here, _)| *here == fresh) {
        wrong.push("a contact made after the outage waits behind it".to_owned());
    }
    conclude(world, wrong).await
}

async fn tokens(stand: &'static Stand) -> Result<Vec<String>> {
    let world = ready(stand, 18, 3).await?;
    let mut wrong = Vec::new();
    let fault = json!({ "target": stand.kind, "kind": "status", "status": 401, "probability": 0.3 });
    world.wire.control("POST", "/_sandbox/faults", &fault).await?;
    for _ in 0..40 {
        let person = world.stranger();
        world.create_here(&person).await?;
    }
    world.until(world.time.now().plus(10 * MINUTE)).await?;
    world.wire.control("DELETE", "/_sandbox/faults", &Value::Null).await?;
    settle(&world).await?;
    let view = connection::get(&world.app(), &world.caller, world.connection()).await?;
    if view.status != "active" || view.failed > 0 {
        wrong.push(format!("the connection is {} with {} given up", view.status, view.failed));
    }
    conclude(world, wrong).await
}

/// The stand-in's clock stands still: all records have one stamp. Only the last few have numbers and come over.
async fn crowd(stand: &'static Stand, long: bool) -> Result<Vec<String>> {
    let world = World::new(stand, 21, 0).await?;
    let records = if long && stand.kind == "hubspot" { 25_000 } else { 1_250 };
    let mut wrong = Vec::new();
    for number in 0..records {
        let mut person = Person { name: format!("Crowd {number}"), ..Person::default() };
        if number + 3 >= records {
            person.phone = super::person::phone(number);
        } else {
            person.email = format!("crowd{number}@shop.example");
        }
        world.create_there(&person).await?;
    }
    world.connect().await?;
    settle(&world).await?;
    let here = world.all_here().await?.len();
    if here != 3 {
        wrong.push(format!("{here} of 3 came over, the last of {records}"));
    }
    world.finish().await?;
    Ok(wrong)
}

/// What is stored as the place to go on from means nothing over there any more; nobody tells of changes.
async fn place(stand: &'static Stand) -> Result<Vec<String>> {
    let world = ready(stand, 22, 6).await?;
    world.is_deaf.store(true, Ordering::SeqCst);
    for (number, name) in ["sweep", "resume"].iter().enumerate() {
        let app = world.app();
        let read = app.store.workspace(world.caller.workspace).read();
        let row = rapport_store::connection::get(&read, world.connection()).await?.ok_or("no connection")?;
        let mut cursor = row.cursor;
        cursor[*name] = json!({ "cursor": "of another age", "kind": "contacts", "from": 1, "seen": 0, "page": 99_999,
                                "after": "of another age", "token": "of another age" });
        let tx = app.store.workspace(world.caller.workspace).write().await?;
        let change = rapport_store::connection::Change { cursor: Some(cursor), ..Default::default() };
        rapport_store::connection::change(&tx, world.connection(), change, app.now()).await?;
        tx.commit().await?;
        for (_, there) in pairs(&world).await?.iter().take(2) {
            city_there(&world, there, &format!("After {number}")).await?;
        }
        settle(&world).await?;
    }
    conclude(world, Vec::new()).await
}

/// A record is deleted over there, and later one with the same number is made.
async fn come_back(stand: &'static Stand) -> Result<Vec<String>> {
    let world = ready(stand, 23, 6).await?;
    let mut wrong = Vec::new();
    let Some((here, there)) = pairs(&world).await?.into_iter().next() else {
        return Ok(vec!["nobody is in step".into()]);
    };
    let person = person_here(&world, here).await?;
    world.wire.control("DELETE", &format!("{}/{there}", stand.contacts), &Value::Null).await?;
    settle(&world).await?;
    if pairs(&world).await?.iter().any(|(id, _)| *id == here) {
        wrong.push("the contact is still linked to a record that is gone".to_owned());
    }
    let again = Person { email: String::new(), city: "Back".to_owned(), ..person };
    let made = world.create_there(&again).await?;
    settle(&world).await?;
    if !pairs(&world).await?.contains(&(here, made)) {
        wrong.push("the record that came in its place is not the contact's".to_owned());
    }
    conclude(world, wrong).await
}

/// Webhooks are lost, and nobody lists what was deleted: comparing finds it.
async fn unsaid(stand: &'static Stand) -> Result<Vec<String>> {
    let world = ready(stand, 26, 6).await?;
    let mut wrong = Vec::new();
    let Some((here, there)) = pairs(&world).await?.into_iter().next() else {
        return Ok(vec!["nobody is in step".into()]);
    };
    world.is_deaf.store(true, Ordering::SeqCst);
    world.wire.control("DELETE", &format!("{}/{there}", stand.contacts), &Value::Null).await?;
    settle(&world).await?;
    if pairs(&world).await?.iter().any(|(id, _)| *id == here) {
        wrong.push("the contact is still linked to a record that is gone".to_owned());
    }
    let app = world.app();
    let shown = connection::get(&app, &world.caller, world.connection()).await?;
    if shown.compared.as_ref().is_none_or(|compared| compared.records == 0) {
        wrong.push(format!("nothing was compared: {:?}", shown.compared));
    }
    conclude(world, wrong).await
}

async fn circle(stand: &'static Stand) -> Result<Vec<String>> {
    let world = ready(stand, 24, 3).await?;
    let mut wrong = Vec::new();
    let Some((here, there)) = pairs(&world).await?.into_iter().next() else {
        return Ok(vec!["nobody is in step".into()]);
    };
    let before = world.wire.counts().writes;
    for _ in 0..20 {
        if person_here(&world, here).await?.city != "Here" {
            city_here(&world, here, "Here").await?;
        }
        world.until(world.time.now().plus(10 * SECOND)).await?;
        if world.there(&there).await?.is_some_and(|record| record.person.city != "There") {
            city_there(&world, &there, "There").await?;
        }
        world.until(world.time.now().plus(80 * SECOND)).await?;
    }
    let writes = world.wire.counts().writes - before;
    let told = look(&world).await?.links.into_iter().find(|link| link.here == here.0).map(|link| link.told);
    if writes > 6 {
        wrong.push(format!("{writes} writes in a circle"));
    }
    if !told.as_ref().is_some_and(|told| told.contains("circles")) {
        wrong.push(format!("nobody is told of the circle: {told:?}"));
    }
    world.finish().await?;
    Ok(wrong)
}

/// Ours is so much later than theirs, ms; whoever has only seconds to compare cannot know.
const APART: [i64; 4] = [0, 1, -1, 0];

async fn conflict(stand: &'static Stand) -> Result<Vec<String>> {
    let world = ready(stand, 25, 12).await?;
    let mut wrong = Vec::new();
    let pairs: Vec<(ContactId, String)> = pairs(&world).await?.into_iter().take(APART.len()).collect();
    // In the middle of a second, so that a millisecond more or less is the same one.
    let half = (1_500 - world.time.now().0.rem_euclid(1_000)) % 1_000;
    world.pass(half).await;
    for (number, ((here, there), apart)) in pairs.iter().zip(APART).enumerate() {
        let (ours, theirs) = (format!("Ours {number}"), format!("Theirs {number}"));
        if apart < 0 {
            city_here(&world, *here, &ours).await?;
            world.pass(-apart).await;
            city_there(&world, there, &theirs).await?;
        } else {
            city_there(&world, there, &theirs).await?;
            world.pass(apart).await;
            city_here(&world, *here, &ours).await?;
        }
    }
    settle(&world).await?;
    let fine = vendor(stand.kind).is_some_and(|vendor| vendor.capabilities.resolution_ms == 1);
    let app = world.app();
    let read = app.store.workspace(world.caller.workspace).read();
    for (number, ((here, _), apart)) in pairs.iter().zip(APART).enumerate() {
        let (winner, loser) = if apart > 0 && fine { ("Ours", "Theirs") } else { ("Theirs", "Ours") };
        let city = person_here(&world, *here).await?.city;
        if city != format!("{winner} {number}") {
            wrong.push(format!("{apart} ms apart: {city} won"));
        }
        let filter = audit_log::Filter {
            target_kind: Some("contact".to_owned()),
            target_id: Some(here.to_string()),
            actor_id: None,
        };
        let lines = audit_log::page(&read, &filter, None, 100).await?;
        let lost = format!("{loser} {number}");
        let kept =
            lines.iter().filter(|line| line.action == "contact.conflict").filter_map(|line| line.before.as_ref());
        if kept.filter(|before| before["fields.city"] == lost.as_str()).count() != 1 {
            wrong.push(format!("{apart} ms apart: what lost was not kept just once"));
        }
    }
    drop(read);
    conclude(world, wrong).await
}
