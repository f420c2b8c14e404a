//! The short form, and the judges themselves under test.

use super::judge::{Here, JUDGES, Link, Seen, Single, judge};
use super::person::Person;
use super::scenes::SCENES;
use super::stand::{STANDS, Stand, There, stand};
use super::story::{Script, play};
use super::world::Mutant;

const SHORT: Script = Script { seed: 1, records: 9, changes: 30, is_told: false, mutant: None };

async fn short(kind: &str) {
    let stand = stand(kind).expect("a row for the kind");
    for seed in 1..=2 {
        let script = Script { seed, ..SHORT };
        let outcome = play(stand, script).await.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert!(outcome.wrong.is_empty(), "{kind} seed {seed}: {:#?}", outcome.wrong);
        assert!(outcome.changes > 20 && outcome.calls > 50, "{kind} seed {seed}: nothing happened");
    }
}

#[tokio::test]
async fn hubspot_stays_in_step() {
    short("hubspot").await;
}

#[tokio::test]
async fn zendesk_stays_in_step() {
    short("zendesk").await;
}

#[tokio::test]
async fn salesforce_stays_in_step() {
    short("salesforce").await;
}

#[tokio::test]
async fn zoho_stays_in_step() {
    short("zoho").await;
}

#[tokio::test]
async fn freshdesk_stays_in_step() {
    short("freshdesk").await;
}

#[tokio::test]
async fn intercom_stays_in_step() {
    short("intercom").await;
}

#[tokio::test]
async fn plain_crms_of_ones_own_stay_in_step() {
    short("rest-flat").await;
}

#[tokio::test]
async fn intricate_crms_of_ones_own_stay_in_step() {
    short("rest-nested").await;
}

#[test]
fn every_connector_is_simulated() {
    for vendor in rapport_connectors::crm::VENDORS {
        assert!(STANDS.iter().any(|stand| stand.kind == vendor.kind), "no row for {}", vendor.kind);
    }
}

async fn scene(name: &str) {
    scene_of(stand("hubspot").expect("a row"), name).await;
}

async fn scene_of(stand: &'static Stand, name: &str) {
    let (_, title, scene) = SCENES.iter().find(|(known, ..)| *known == name).expect("a scene");
    let wrong = scene(stand, false).await.expect("an end");
    assert!(wrong.is_empty(), "{title}, {}: {wrong:#?}", stand.kind);
}

#[tokio::test]
async fn three_days_without_the_crm_lose_nothing() {
    scene("outage").await;
}

#[tokio::test]
async fn a_circle_is_stopped_and_told() {
    scene("circle").await;
}

#[tokio::test]
async fn a_conflict_has_one_winner_and_keeps_the_loser() {
    scene("conflict").await;
}

#[tokio::test]
async fn a_lost_place_loses_nothing() {
    scene("place").await;
}

#[tokio::test]
async fn a_deleted_record_is_noticed_and_followed_by_the_next() {
    for stand in STANDS {
        for name in ["return", "unsaid"] {
            scene_of(stand, name).await;
        }
    }
}

/// Stories that once went wrong.
const FOUND: &[(&str, Script)] = &[
    // A record was deleted, the webhook that said so was lost, and nobody wrote to its contact afterwards.
    ("intercom", Script { seed: 5, records: 12, changes: 60, ..SHORT }),
];

#[tokio::test]
async fn what_once_went_wrong_goes_well() {
    for (kind, script) in FOUND {
        let outcome = play(stand(kind).expect("a row"), *script).await.expect("an end");
        assert!(outcome.wrong.is_empty(), "{kind} {script:?}: {:#?}", outcome.wrong);
    }
}

#[tokio::test]
async fn defects_are_noticed() {
    let hubspot = stand("hubspot").expect("a row");
    for (mutant, name) in [(Mutant::Echo, "no echo"), (Mutant::LostCursor, "both sides agree, field by field")] {
        let script = Script { mutant: Some(mutant), ..SHORT };
        let outcome = play(hubspot, script).await.expect("an end");
        assert!(outcome.wrong.iter().any(|wrong| wrong.judge == name), "{mutant:?}: {:#?}", outcome.wrong);
    }
}

/// Two people in step, and one whose record is gone.
fn good() -> Seen {
    let person = |n: u8| Person {
        name: format!("P {n}"),
        phone: format!("+49151000000{n}"),
        email: format!("p{n}@shop.example"),
        city: String::new(),
    };
    let id = |n: u8| uuid::Uuid::from_u128(u128::from(n));
    let link = |n: u8| Link {
        here: id(n),
        there: n.to_string(),
        state: "in_step".to_owned(),
        told: String::new(),
        over: false,
    };
    let there = |n: u8| There { id: n.to_string(), alive: n < 3, key: id(n).to_string(), person: person(n) };
    let gone = Link { state: "failed".to_owned(), told: "It was deleted.".to_owned(), over: true, ..link(3) };
    let single = |here| Single { here, calls: 3, writes: 1, echoes: 0, versions: 1 };
    Seen {
        here: [1, 2, 3].map(|n| Here { id: id(n), person: person(n) }).to_vec(),
        there: [1, 2, 3].map(there).to_vec(),
        links: vec![link(1), link(2), gone],
        single: vec![single(true), single(false)],
        ..Seen::default()
    }
}

/// A lie and the judge that must notice it.
type Lie = (&'static str, &'static str, fn(&mut Seen));

const LIES: &[Lie] = &[
    ("another name there", JUDGES[0].0, |seen| seen.there[0].person.name = "Q".to_owned()),
    ("an address that was emptied here only", JUDGES[0].0, |seen| seen.here[1].person.email.clear()),
    ("a difference that is told of another field", JUDGES[0].0, |seen| {
        seen.here[1].person.city = "Köln".to_owned();
        seen.links[1].told = "email: taken".to_owned();
    }),
    ("linked to nothing", JUDGES[0].0, |seen| seen.there[0].alive = false),
    ("two records with one number", JUDGES[1].0, |seen| {
        seen.there[1].person.phone = "0049 (151) 000-0001".to_owned();
    }),
    ("two records with one key", JUDGES[1].0, |seen| seen.there[1].key = seen.there[0].key.clone()),
    ("two contacts with one number", JUDGES[1].0, |seen| {
        seen.here[1].person.phone = seen.here[0].person.phone.clone();
    }),
    ("a job that waits for ever", JUDGES[2].0, |seen| seen.jobs = (1, 0)),
    ("a job that was given up", JUDGES[2].0, |seen| seen.jobs = (0, 1)),
    ("a record in the making", JUDGES[2].0, |seen| seen.links[0].there = "new:1".to_owned()),
    ("a link that waits", JUDGES[2].0, |seen| seen.links[0].state = "waiting".to_owned()),
    ("a contact let go in silence", JUDGES[2].0, |seen| seen.links[2].told.clear()),
    ("a record nobody took over", JUDGES[2].0, |seen| drop(seen.links.remove(0))),
    ("writes while nothing happens", JUDGES[3].0, |seen| seen.idle_writes = 1),
    ("a change that comes back", JUDGES[3].0, |seen| seen.single[0].echoes = 1),
    ("a change of theirs that is echoed twice", JUDGES[3].0, |seen| seen.single[1].echoes = 2),
    ("a contact that changes to and fro", JUDGES[3].0, |seen| seen.single[1].versions = 3),
];

#[test]
fn every_lie_is_noticed() {
    assert_eq!(judge(&good()), []);
    for (lie, expected, falsify) in LIES {
        let mut seen = good();
        falsify(&mut seen);
        let found = judge(&seen);
        assert!(found.iter().any(|wrong| wrong.judge == *expected), "not noticed: {lie}; found {found:?}");
    }
    for (name, _) in JUDGES {
        assert!(LIES.iter().any(|(_, judge, _)| judge == name), "no lie for {name}");
    }
    // What people are told of is no difference.
    let mut seen = good();
    seen.here[1].person.email.clear();
    seen.links[1].told = "email: an address is never removed".to_owned();
    assert_eq!(judge(&seen), []);
}
