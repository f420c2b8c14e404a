//! Differences: both sides edit a field, somebody chooses, both sides have the same again; taking back, rules, figures.

use crate::world::World;
use rapport_app::Error;
use rapport_app::auth::Actor;
use rapport_app::connection::conflict::{
    self, ConflictChoice, ConflictFilter, ConflictSide, ConflictView, Preference, SettleMany, Undo,
};
use rapport_app::connection::{self, ConnectionPatch};
use rapport_app::contact::history;
use rapport_core::{ContactId, UserId};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// A person at the desk, whose choices can be told from other people's.
async fn desk() -> World {
    let mut world = World::connected().await;
    world.caller.actor = Actor::User { user: UserId(Uuid::from_u128(7)), session: Uuid::from_u128(8) };
    world
}

async fn paused(world: &World, is_paused: bool) {
    let status = Some(if is_paused { "paused" } else { "active" }.to_owned());
    let patch = ConnectionPatch { status, ..ConnectionPatch::default() };
    connection::change(&world.app, &world.caller, world.connection, patch).await.unwrap();
}

async fn open(world: &World) -> Vec<ConflictView> {
    conflict::list(&world.app, &world.caller, ConflictFilter::default(), false, None, 50).await.unwrap().items
}

fn choice(choice: ConflictSide, always: bool) -> ConflictChoice {
    ConflictChoice { choice, always, updated_at: None }
}

/// Both sides edit first names of linked people while they cannot hear of each other; the CRM is later where `theirs_last`.
async fn both_edit(world: &World, people: &[(ContactId, &str)], round: &str, theirs_last: bool) {
    paused(world, true).await;
    // A job that was running when the connection was paused ends first.
    world.rest().await;
    for theirs in [!theirs_last, theirs_last] {
        for (contact, record) in people {
            if theirs {
                world.edit_record(record, json!({ "firstname": format!("Theirs{round}") })).await;
            } else {
                world.edit(*contact, "name", |row| row.name = format!("Ours{round}")).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    paused(world, false).await;
}

async fn both_have(world: &World, contact: ContactId, record: &str, name: &str) {
    world.until(&format!("{name} is here"), async || world.row(contact).await.name == name).await;
    world
        .until(&format!("{name} is there"), async || world.record_of(record).await["properties"]["firstname"] == name)
        .await;
    world.live().await;
}

async fn wait_for(world: &World, count: usize) -> Vec<ConflictView> {
    world.until("the differences wait", async || open(world).await.len() == count).await;
    open(world).await
}

#[tokio::test]
async fn a_choice_reaches_both_sides_and_is_taken_back() {
    let world = desk().await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = world.in_step(ana).await;
    both_edit(&world, &[(ana, &id)], "", true).await;
    let found = wait_for(&world, 1).await.remove(0);
    assert_eq!((&found.ours, &found.theirs), (&Some(json!("Ours")), &Some(json!("Theirs"))));
    assert_eq!(
        (&found.base, found.winner, found.won_by.as_str()),
        (&Some(json!("Ana")), ConflictSide::Theirs, "later")
    );
    assert_eq!((found.field.as_str(), found.contact.id, found.times), ("first_name", ana.0, 1));
    assert!(found.ours_at < found.theirs_at && found.remote_url.unwrap().ends_with(&id));
    both_have(&world, ana, &id, "Theirs").await;

    // Ours is chosen: here at once, over there by the next push, and nobody finds a difference in that.
    let settled =
        conflict::settle(&world.app, &world.caller, found.id, choice(ConflictSide::Ours, false)).await.unwrap();
    assert_eq!((settled.state.as_str(), settled.choice.as_deref()), ("settled", Some("ours")));
    both_have(&world, ana, &id, "Ours").await;
    assert!(open(&world).await.is_empty());
    // Twice is once; the other way is too late.
    conflict::settle(&world.app, &world.caller, found.id, choice(ConflictSide::Ours, false)).await.unwrap();
    let late = conflict::settle(&world.app, &world.caller, found.id, choice(ConflictSide::Theirs, false)).await;
    assert!(matches!(late, Err(Error::Conflict { code: "stale", .. })), "{late:?}");

    let counts = conflict::counts(&world.app, &world.caller).await.unwrap();
    assert_eq!((counts.open, counts.settled_day), (0, 1));
    let batch = counts.undo.unwrap();
    let undone = conflict::undo(&world.app, &world.caller, Undo { batch }).await.unwrap();
    assert_eq!((undone.undone, undone.kept, undone.more), (1, 0, false));
    both_have(&world, ana, &id, "Theirs").await;
    assert_eq!(open(&world).await[0].id, found.id, "it waits again");
    assert_eq!(conflict::undo(&world.app, &world.caller, Undo { batch }).await.unwrap().undone, 0, "once");
    assert_eq!(conflict::counts(&world.app, &world.caller).await.unwrap().undo, None);

    let page = history::list(&world.app, &world.caller, ana, None, 50).await.unwrap();
    let told: Vec<(&str, &str, Option<&str>)> = page
        .items
        .iter()
        .filter(|entry| !entry.changes.is_empty())
        .map(|entry| {
            (entry.action.as_str(), entry.source.as_str(), entry.changes[0].new.as_ref().and_then(|v| v.as_str()))
        })
        .collect();
    let expected = [
        ("contact.updated", "ui", Some("Theirs")),
        ("contact.updated", "ui", Some("Ours")),
        ("contact.conflict", "hubspot", Some("Theirs")),
        ("contact.updated", "hubspot", Some("Theirs")),
    ];
    assert_eq!(told, expected);
    assert_eq!(page.items.last().unwrap().actor.as_deref(), Some("HubSpot"));
    world.finish().await;
}

#[tokio::test]
async fn a_value_that_changed_meanwhile_is_shown_anew() {
    let world = desk().await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = world.in_step(ana).await;
    both_edit(&world, &[(ana, &id)], "", false).await;
    let found = wait_for(&world, 1).await.remove(0);
    assert_eq!(found.winner, ConflictSide::Ours);
    both_have(&world, ana, &id, "Ours").await;
    world.edit(ana, "name", |row| row.name = "Third".to_owned()).await;
    let stale = conflict::settle(&world.app, &world.caller, found.id, choice(ConflictSide::Theirs, false)).await;
    assert!(matches!(stale, Err(Error::Conflict { code: "stale", .. })), "{stale:?}");
    let shown = open(&world).await.remove(0);
    assert_eq!((&shown.ours, &shown.theirs), (&Some(json!("Third")), &Some(json!("Theirs"))));
    // Who looked at the values of before is not heard; who looked at these is.
    let seen = |at| ConflictChoice { updated_at: Some(at), ..choice(ConflictSide::Theirs, false) };
    let late = conflict::settle(&world.app, &world.caller, found.id, seen(found.updated_at)).await;
    assert!(matches!(late, Err(Error::Conflict { code: "stale", .. })), "{late:?}");
    assert_eq!(world.row(ana).await.name, "Third");
    conflict::settle(&world.app, &world.caller, found.id, seen(shown.updated_at)).await.unwrap();
    both_have(&world, ana, &id, "Theirs").await;
    // What was changed since is not undone over it.
    let batch = conflict::counts(&world.app, &world.caller).await.unwrap().undo.unwrap();
    world.edit(ana, "name", |row| row.name = "Fourth".to_owned()).await;
    let undone = conflict::undo(&world.app, &world.caller, Undo { batch }).await.unwrap();
    assert_eq!((undone.undone, undone.kept), (0, 1));
    both_have(&world, ana, &id, "Fourth").await;
    // Nor does another workspace know of it.
    let stranger = world.stranger().await;
    let other = conflict::settle(&world.app, &stranger, found.id, choice(ConflictSide::Ours, false)).await;
    assert!(matches!(other, Err(Error::NotFound(_))));
    let page = conflict::list(&world.app, &stranger, ConflictFilter::default(), true, None, 9).await.unwrap();
    assert!(page.items.is_empty());
    world.finish().await;
}

#[tokio::test]
async fn choices_become_a_rule_that_decides_from_then_on() {
    let world = desk().await;
    let people: Vec<(String, String)> = (0..6).map(|n| (format!("P{n}"), format!("+49151123456{n:02}"))).collect();
    let given: Vec<(&str, &str)> = people.iter().map(|(name, phone)| (name.as_str(), phone.as_str())).collect();
    let mut linked = Vec::new();
    for contact in world.contacts(&given).await {
        linked.push((contact, world.in_step(contact).await));
    }
    let pairs: Vec<(ContactId, &str)> = linked.iter().map(|(contact, record)| (*contact, record.as_str())).collect();
    both_edit(&world, &pairs, "A", true).await;
    let found = wait_for(&world, 6).await;
    let field = async || conflict::counts(&world.app, &world.caller).await.unwrap().fields.remove(0);
    for conflict in &found[..5] {
        assert_eq!(field().await.learnt, None);
        conflict::settle(&world.app, &world.caller, conflict.id, choice(ConflictSide::Ours, false)).await.unwrap();
    }
    assert_eq!(field().await.learnt, Some(ConflictSide::Ours), "five times the same");
    let filter =
        ConflictFilter { connection_id: Some(world.connection.0), field: Some("first_name".to_owned()), q: None };
    let many = SettleMany {
        choice: ConflictSide::Ours,
        always: true,
        ids: Vec::new(),
        filter: Some(filter),
        after: None,
        batch: None,
    };
    let settled = conflict::settle_many(&world.app, &world.caller, many.clone()).await.unwrap();
    assert_eq!((settled.settled, settled.refused.len(), settled.next), (1, 0, None));
    assert_eq!((field().await.prefer.as_str(), field().await.learnt), ("ours", None));
    let (ana, id) = (linked[0].0, linked[0].1.as_str());
    both_have(&world, ana, id, "OursA").await;

    // The CRM is later, and yields all the same; nobody is asked.
    both_edit(&world, &[(ana, id)], "B", true).await;
    both_have(&world, ana, id, "OursB").await;
    assert!(open(&world).await.is_empty());
    let (_, _, won, _) = world.audit(ana).await.into_iter().find(|line| line.0 == "contact.conflict").unwrap();
    assert_eq!((&won["won_by"], &won["winner"]), (&json!("preferred"), &json!("rapport")));

    // Taking it back takes the rule away, too.
    let undone = conflict::undo(&world.app, &world.caller, Undo { batch: settled.batch }).await.unwrap();
    assert_eq!(undone.undone, 1);
    assert_eq!(field().await.prefer, "newest");
    let given = |prefer: &str, field: &str| Preference {
        connection_id: world.connection.0,
        field: field.to_owned(),
        prefer: prefer.to_owned(),
    };
    let prefer =
        async |prefer: &str, name: &str| conflict::prefer(&world.app, &world.caller, given(prefer, name)).await;
    prefer("theirs", "first_name").await.unwrap();
    assert_eq!(field().await.prefer, "theirs");
    // Saving the mappings keeps it, unless they say otherwise.
    let save = async |prefer: Option<&str>| {
        let mut rows = connection::mappings(&world.app, &world.caller, world.connection).await.unwrap();
        rows.iter_mut().for_each(|row| row.prefer = prefer.map(str::to_owned));
        connection::set_mappings(&world.app, &world.caller, world.connection, rows).await.unwrap();
    };
    save(None).await;
    assert_eq!(field().await.prefer, "theirs");
    save(Some("newest")).await;
    assert_eq!(field().await.prefer, "newest");
    assert!(matches!(prefer("mine", "first_name").await, Err(Error::Invalid { .. })));
    assert!(matches!(prefer("ours", "fields.none").await, Err(Error::NotFound(_))));
    let neither = SettleMany { filter: None, ..many.clone() };
    assert!(matches!(conflict::settle_many(&world.app, &world.caller, neither).await, Err(Error::Invalid { .. })));
    let unknown = SettleMany { filter: None, ids: vec![Uuid::nil()], ..many };
    assert_eq!(conflict::settle_many(&world.app, &world.caller, unknown).await.unwrap().settled, 0);
    world.finish().await;
}

#[tokio::test]
async fn what_is_about_merged_contacts_stands_in_nobodys_way() {
    let world = desk().await;
    let people = [("Ana", "+4915112345678"), ("Ben", "+4915112345679"), ("Cem", "+4915112345680")];
    let [ana, ben, cem] = world.contacts(&people).await[..] else { panic!("three people") };
    let (one, two) = (world.in_step(ana).await, world.in_step(ben).await);
    world.in_step(cem).await;
    both_edit(&world, &[(ana, &one), (ben, &two)], "", true).await;
    let found = wait_for(&world, 2).await;
    for contact in [ana, ben] {
        let about = found.iter().find(|row| row.contact.id == contact.0).unwrap();
        conflict::settle(&world.app, &world.caller, about.id, choice(ConflictSide::Ours, false)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    both_have(&world, ana, &one, "Ours").await;
    both_have(&world, ben, &two, "Ours").await;
    world.join(ana, ben).await;
    // Ben's cannot be taken back any more; Ana's, which was settled before it, can be.
    let last = async || conflict::counts(&world.app, &world.caller).await.unwrap().undo;
    let undone = conflict::undo(&world.app, &world.caller, Undo { batch: last().await.unwrap() }).await.unwrap();
    assert_eq!((undone.undone, undone.kept, undone.more), (1, 0, false));
    assert_eq!(last().await, None);
    both_have(&world, ana, &one, "Theirs").await;
    // What waits about Ana waits for Cem once she is a part of him, with the value that he has.
    world.join(cem, ana).await;
    let waiting = open(&world).await.remove(0);
    assert_eq!(waiting.contact.id, cem.0);
    let settle =
        async || conflict::settle(&world.app, &world.caller, waiting.id, choice(ConflictSide::Ours, false)).await;
    let stale = settle().await;
    assert!(matches!(stale, Err(Error::Conflict { code: "stale", .. })), "{stale:?}");
    assert_eq!(open(&world).await[0].theirs, Some(json!("Cem")));
    settle().await.unwrap();
    assert_eq!(world.row(cem).await.name, "Ours");
    world.finish().await;
}

#[tokio::test]
async fn a_value_that_the_crm_refuses_overwrites_nothing_and_does_not_wait() {
    let world = desk().await;
    let mut rows = connection::mappings(&world.app, &world.caller, world.connection).await.unwrap();
    rows.iter_mut().find(|row| row.local_field == "lifecycle").unwrap().enabled = true;
    connection::set_mappings(&world.app, &world.caller, world.connection, rows).await.unwrap();
    world.live().await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = world.in_step(ana).await;
    world.edit_record(&id, json!({ "lifecyclestage": "opportunity" })).await;
    world.until("agreed on", async || world.row(ana).await.lifecycle == "opportunity").await;
    paused(&world, true).await;
    world.rest().await;
    world.edit_record(&id, json!({ "lifecyclestage": "customer" })).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    world.edit(ana, "lifecycle", |row| row.lifecycle = "no such stage".to_owned()).await;
    paused(&world, false).await;
    world.until("refused", async || world.link(ana).await.unwrap().error.is_some()).await;
    assert_eq!(world.record_of(&id).await["properties"]["lifecyclestage"], "customer");
    assert!(open(&world).await.is_empty());
    world.finish().await;
}

#[tokio::test]
async fn health_tells_how_it_went_and_which_fields_make_trouble() {
    let world = desk().await;
    let ana = world.contact("Ana", "+4915112345678").await;
    world.record(json!({ "firstname": "Twin", "phone": "+4915112345679" })).await;
    world.record(json!({ "firstname": "Twin", "phone": "+4915112345679" })).await;
    let id = world.in_step(ana).await;
    world.edit_record(&id, json!({ "firstname": "Anna" })).await;
    world.until("the edit is here", async || world.row(ana).await.name == "Anna").await;
    let health = async || connection::health::health(&world.app, &world.caller, world.connection).await.unwrap();
    world.until("both ways are counted", async || health().await.day.done >= 2).await;
    world.until("the twin is counted", async || health().await.day.failed >= 1).await;
    let health = health().await;
    assert_eq!((health.day.done, health.day.failed), (health.week.done, health.week.failed));
    assert_eq!(health.failures[0].class, "unclear");
    assert!(health.failures[0].last_error.as_ref().unwrap().contains("linked to another record"), "{health:?}");
    assert!(health.day.p50_ms <= health.day.p99_ms && health.day.p99_ms.is_some(), "{health:?}");
    let first = health.fields.iter().find(|field| field.local_field == "first_name").unwrap();
    assert_eq!((first.remote_field.as_deref(), first.refused), (Some("firstname"), 0));
    assert!(first.written >= 2, "{first:?}");
    assert_eq!(health.field_error_rate, Some(0.0));
    assert_eq!(health.failed, 0);
    let stranger = world.stranger().await;
    let other = connection::health::health(&world.app, &stranger, world.connection).await;
    assert!(matches!(other, Err(Error::NotFound(_))));
    world.finish().await;
}
