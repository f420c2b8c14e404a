//! Differences that wait for a person, and figures of how synchronisation went.

use crate::query::{contact, id, save};
use crate::{NOW, number, on_both, workspace};
use rapport_core::inbox::Change;
use rapport_core::time::DAY;
use rapport_core::{ConnectionId, ContactId, Ms};
use rapport_store::conflict::{self, ConflictRow, Keep, NEWEST, OPEN, OURS, SETTLED, THEIRS};
use rapport_store::connection::{self, ConnectionRow};
use rapport_store::mapping::{self, MappingRow};
use rapport_store::query::conflict_list::{self, Filter};
use rapport_store::sync_log::{self, SyncLogRow};
use rapport_store::sync_report::{self, Failures, FieldUse};
use rapport_store::testing::{TestStore, execute};
use rapport_store::{Scope, audit_log, merge};
use serde_json::{Value, json};
use uuid::Uuid;

const CRM: ConnectionId = ConnectionId(Uuid::from_u128(0x77));

fn row(number: u128, field: &str, ours: &str, theirs: &str, at: Ms) -> ConflictRow {
    ConflictRow {
        workspace_id: workspace(1).0,
        id: id(8, u128::try_from(at.0).unwrap_or(0) * 100 + number),
        connection_id: CRM.0,
        contact_id: id(1, number),
        remote_id: format!("r{number}"),
        field: field.to_owned(),
        remote_field: field.to_owned(),
        ours: conflict::kept(&json!(ours)),
        theirs: conflict::kept(&json!(theirs)),
        base: conflict::kept(&Value::Null),
        ours_at: Some(at.0),
        theirs_at: None,
        winner: "remote".to_owned(),
        won_by: "later".to_owned(),
        times: 1,
        state: OPEN.to_owned(),
        choice: None,
        actor_kind: None,
        actor_id: None,
        batch: None,
        undo: None,
        settled_at: None,
        created_at: at.0,
        updated_at: at.0,
    }
}

/// So many milliseconds later.
fn at(number: u128) -> Ms {
    NOW.plus(i64::try_from(number).unwrap())
}

async fn note(scope: &Scope, rows: Vec<ConflictRow>) {
    let tx = scope.write().await.unwrap();
    conflict::note(&tx, rows).await.unwrap();
    tx.commit().await.unwrap();
}

async fn page(scope: &Scope, filter: Filter) -> Vec<ConflictRow> {
    conflict_list::page(&scope.read(), &filter, None, 100).await.unwrap()
}

async fn people(db: &TestStore, count: u128) -> Scope {
    let scope = db.store.workspace(workspace(1));
    save(&scope, (1..=count).map(|number| Change::CreateContact(contact(number))).collect()).await;
    scope
}

async fn connect(scope: &Scope) {
    let tx = scope.write().await.unwrap();
    let row = ConnectionRow {
        workspace_id: workspace(1).0,
        id: CRM.0,
        kind: "hubspot".to_owned(),
        name: "HubSpot".to_owned(),
        base_url: String::new(),
        secret: Vec::new(),
        status: connection::ACTIVE.to_owned(),
        status_reason: None,
        settings: json!({}),
        cursor: json!({}),
        stats: json!({}),
        created_at: NOW.0,
        updated_at: NOW.0,
    };
    connection::insert(&tx, row).await.unwrap();
    let mapped = MappingRow {
        workspace_id: workspace(1).0,
        connection_id: CRM.0,
        object: "contact".to_owned(),
        local_field: "name".to_owned(),
        remote_field: "fullname".to_owned(),
        direction: "both".to_owned(),
        default_value: None,
        enabled: true,
        prefer: "newest".to_owned(),
    };
    mapping::replace(&tx, CRM, "contact", vec![mapped]).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_field_of_a_contact_waits_once(db: &TestStore) {
        let scope = people(db, 2).await;
        let first = ConflictRow { base: Some(json!("Old")), ..row(1, "name", "A", "B", NOW) };
        note(&scope, vec![first.clone(), row(2, "name", "X", "Y", NOW)]).await;
        note(&scope, vec![row(1, "name", "C", "D", NOW.plus(5)), row(1, "email", "e", "f", NOW.plus(5))]).await;
        let rows = page(&scope, Filter::default()).await;
        assert_eq!(rows.len(), 3);
        let known = rows.iter().find(|row| row.id == first.id).unwrap();
        assert_eq!((&known.ours, &known.theirs, &known.base), (&Some(json!("C")), &Some(json!("D")), &Some(json!("Old"))));
        assert_eq!((known.times, known.created_at, known.updated_at), (2, NOW.0, NOW.plus(5).0));
        // Once it is settled, the next one is a new one.
        let tx = scope.write().await.unwrap();
        let mut done = conflict::get_for_write(&tx, first.id).await.unwrap().unwrap();
        (done.state, done.choice, done.settled_at) = (SETTLED.to_owned(), Some(OURS.to_owned()), Some(NOW.0));
        conflict::update(&tx, done).await.unwrap();
        tx.commit().await.unwrap();
        note(&scope, vec![row(1, "name", "G", "H", NOW.plus(9))]).await;
        assert_eq!(page(&scope, Filter::default()).await.len(), 3);
        assert_eq!(page(&scope, Filter { settled: true, ..Filter::default() }).await.len(), 1);
        let stranger = db.store.workspace(workspace(2));
        assert!(page(&stranger, Filter::default()).await.is_empty());
        assert!(conflict::get(&stranger.read(), first.id).await.unwrap().is_none());
        assert!(conflict::counts(&stranger.read()).await.unwrap().is_empty());
    }

    async fn many_are_noted_at_once_and_each_field_waits_once(db: &TestStore) {
        let scope = people(db, 50).await;
        note(&scope, vec![ConflictRow { base: Some(json!("Old")), ..row(1, "f0", "A", "B", NOW) }]).await;
        let all = (1..=50).flat_map(|number| {
            (0..5_u128).map(move |field| ConflictRow { id: id(7, number * 10 + field), ..row(number, &format!("f{field}"), "C", "D", at(1)) })
        });
        let twice = ConflictRow { base: Some(json!("never")), ..row(2, "f0", "E", "F", at(2)) };
        note(&scope, all.chain([twice]).collect()).await;
        assert_eq!(number(db, "SELECT count(*) FROM sync_conflict").await, 250);
        for (person, ours, base, times) in [(1, "C", Some(json!("Old")), 2), (2, "E", None, 2), (3, "C", None, 1)] {
            let tx = scope.write().await.unwrap();
            let found = conflict::open_of(&tx, CRM, ContactId(id(1, person)), "f0").await.unwrap().unwrap();
            assert_eq!((found.ours, found.base, found.times), (Some(json!(ours)), base, times), "{person}");
        }
        let tx = scope.write().await.unwrap();
        let foreign = ConflictRow { workspace_id: workspace(2).0, ..row(3, "f9", "A", "B", NOW) };
        assert!(conflict::note(&tx, vec![foreign]).await.is_err());
    }

    async fn what_waits_follows_a_merged_contact(db: &TestStore) {
        let scope = people(db, 3).await;
        note(&scope, vec![row(1, "name", "A", "B", NOW), row(2, "name", "C", "D", NOW), row(2, "email", "e", "f", at(1)), row(3, "name", "G", "H", NOW)]).await;
        let tx = scope.write().await.unwrap();
        merge::contacts(&tx, ContactId(id(1, 1)), ContactId(id(1, 2)), 1, at(9)).await.unwrap();
        tx.commit().await.unwrap();
        let waiting: Vec<(Uuid, String, i64)> =
            page(&scope, Filter::default()).await.into_iter().map(|row| (row.contact_id, row.field, row.updated_at)).collect();
        let left = |person, field: &str, updated_at: Ms| (id(1, person), field.to_owned(), updated_at.0);
        assert_eq!(waiting, [left(1, "name", NOW), left(3, "name", NOW), left(1, "email", at(9))], "one of each field");
        let settled = page(&scope, Filter { settled: true, ..Filter::default() }).await;
        assert_eq!((settled.len(), settled[0].contact_id), (1, id(1, 1)), "what is settled is the survivor's too");
        assert_eq!((&settled[0].ours, settled[0].choice.as_deref(), settled[0].settled_at), (&Some(json!("C")), Some(NEWEST), Some(at(9).0)));
    }

    async fn differences_are_found_and_counted(db: &TestStore) {
        let scope = people(db, 3).await;
        execute(&db.store, "UPDATE contact SET name = 'Иван Петров', phone = '+4915112345678' WHERE name = 'Customer 1'").await.unwrap();
        note(&scope, (1..=3).map(|number| row(number, "name", "A", "B", at(number))).collect()).await;
        note(&scope, vec![row(2, "email", "A", "B", NOW.plus(9))]).await;
        let found = async |filter: Filter| -> Vec<u128> {
            page(&scope, filter).await.iter().map(|row| row.contact_id.as_u128() & 0xff).collect()
        };
        let q = |text: &str| Filter { q: Some(text.to_owned()), ..Filter::default() };
        assert_eq!(found(Filter::default()).await, [1, 2, 3, 2], "who waits longest comes first");
        assert_eq!(found(q("ИВАН")).await, [1]);
        assert_eq!(found(q("0151 123")).await, [1]);
        assert_eq!(found(q("nobody")).await, [0_u128; 0]);
        assert_eq!(found(Filter { field: Some("email".to_owned()), ..Filter::default() }).await, [2]);
        assert_eq!(found(Filter { connection: Some(ConnectionId(id(9, 9))), ..Filter::default() }).await, [0_u128; 0]);
        let all = page(&scope, Filter::default()).await;
        assert_eq!(found(Filter { ids: vec![all[0].id, all[2].id], ..Filter::default() }).await, [1, 3]);
        let rest = conflict_list::page(&scope.read(), &Filter::default(), Some(all[1].id), 1).await.unwrap();
        assert_eq!(rest, [all[2].clone()]);
        let counts = conflict::counts(&scope.read()).await.unwrap();
        let counts: Vec<(&str, i64)> = counts.iter().map(|count| (count.field.as_str(), count.open)).collect();
        assert_eq!(counts, [("email", 1), ("name", 3)]);
    }

    async fn choices_are_remembered_and_taken_back_by_batch(db: &TestStore) {
        let scope = people(db, 4).await;
        note(&scope, (1..=4).map(|number| row(number, "name", "A", "B", at(number))).collect()).await;
        let me = id(5, 1);
        for (nth, (found, choice)) in page(&scope, Filter::default()).await.into_iter().zip([OURS, THEIRS, THEIRS, NEWEST]).enumerate() {
            let tx = scope.write().await.unwrap();
            let done = ConflictRow {
                state: SETTLED.to_owned(),
                choice: Some(choice.to_owned()),
                actor_id: (choice != NEWEST).then_some(me),
                batch: (choice != NEWEST).then_some(id(6, if nth == 0 { 1 } else { 2 })),
                undo: Some(json!({ "value": "old" })),
                settled_at: Some(at(nth as u128).0),
                ..found
            };
            conflict::update(&tx, done).await.unwrap();
            tx.commit().await.unwrap();
        }
        let read = scope.read();
        assert_eq!(conflict::choices(&read, CRM, "name", 5).await.unwrap(), [THEIRS, THEIRS, OURS], "nobody chose the last");
        assert_eq!(conflict::last_batch(&read, me).await.unwrap(), Some(id(6, 2)));
        assert_eq!(conflict::last_batch(&read, id(5, 2)).await.unwrap(), None);
        assert_eq!(conflict::of_batch(&read, id(6, 2), 9).await.unwrap().len(), 2);
        assert_eq!(conflict::settled_since(&read, NOW.plus(1)).await.unwrap(), 2);
        // What cannot be taken back stands in the way of what was settled before it no more.
        let tx = scope.write().await.unwrap();
        for row in conflict::of_batch(&read, id(6, 2), 9).await.unwrap() {
            conflict::release(&tx, row.id, id(6, 1)).await.unwrap();
            conflict::release(&tx, row.id, id(6, 2)).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(conflict::last_batch(&read, me).await.unwrap(), Some(id(6, 1)));
        let stranger = db.store.workspace(workspace(2));
        assert!(conflict::of_batch(&stranger.read(), id(6, 2), 9).await.unwrap().is_empty());
    }

    async fn what_waits_too_long_or_is_too_much_is_settled_as_it_is(db: &TestStore) {
        let scope = people(db, 6).await;
        note(&scope, (1..=6).map(|number| row(number, "name", "A", "B", at(number))).collect()).await;
        let keep = |most, open_since: Ms, settled_since: Ms| Keep { most, open_since, settled_since };
        let later = NOW.plus(DAY);
        assert!(!conflict::tidy(&scope, keep(6, NOW, NOW), later).await.unwrap(), "nothing to do");
        assert!(conflict::tidy(&scope, keep(4, NOW, NOW), later).await.unwrap());
        let left = async || -> Vec<u128> {
            page(&scope, Filter::default()).await.iter().map(|row| row.contact_id.as_u128() & 0xff).collect()
        };
        assert_eq!(left().await, [3, 4, 5, 6], "the oldest two gave way");
        assert!(conflict::tidy(&scope, keep(9, NOW.plus(5), NOW), later).await.unwrap());
        assert_eq!(left().await, [5, 6]);
        let settled = page(&scope, Filter { settled: true, ..Filter::default() }).await;
        assert_eq!(settled.len(), 4);
        assert!(settled.iter().all(|row| row.choice.as_deref() == Some(NEWEST) && row.settled_at == Some(later.0)));
        assert!(conflict::tidy(&scope, keep(9, NOW, later.plus(1)), later.plus(2)).await.unwrap());
        assert_eq!(number(db, "SELECT count(*) FROM sync_conflict").await, 2);
    }

    async fn preferences_stand_on_mappings_and_end_with_the_connection(db: &TestStore) {
        let scope = people(db, 1).await;
        connect(&scope).await;
        note(&scope, vec![row(1, "name", "A", "B", NOW)]).await;
        let tx = scope.write().await.unwrap();
        let set = async |field: &str, prefer: &str| {
            mapping::set_prefer(&tx, CRM, "contact", field, prefer).await.unwrap()
        };
        assert_eq!(set("name", "ours").await.as_deref(), Some("newest"));
        assert_eq!(set("name", "theirs").await.as_deref(), Some("ours"));
        assert_eq!(set("unknown", "ours").await, None);
        tx.commit().await.unwrap();
        assert_eq!(mapping::list(&scope.read(), CRM, "contact").await.unwrap()[0].prefer, "theirs");
        let tx = scope.write().await.unwrap();
        connection::delete(&tx, CRM).await.unwrap();
        tx.commit().await.unwrap();
        assert!(page(&scope, Filter::default()).await.is_empty());
    }

    async fn mappings_of_old_have_no_preference(db: &TestStore) {
        let scope = people(db, 1).await;
        connect(&scope).await;
        for text in [
            "DROP TABLE sync_conflict",
            "ALTER TABLE mapping DROP COLUMN prefer",
            "DELETE FROM seaql_migrations WHERE version = 'm0031_conflicts'",
        ] {
            execute(&db.store, text).await.unwrap();
        }
        db.store.migrate().await.unwrap();
        assert_eq!(mapping::list(&scope.read(), CRM, "contact").await.unwrap()[0].prefer, "newest");
        note(&scope, vec![row(1, "name", "A", "B", NOW)]).await;
        assert_eq!(page(&scope, Filter::default()).await.len(), 1);
    }

    async fn who_changed_a_contact_at_a_moment(db: &TestStore) {
        let scope = people(db, 1).await;
        let person = ContactId(id(1, 1));
        let line = |at: Ms, action: &str| audit_log::Line {
            at,
            actor_kind: "user".to_owned(),
            actor_id: Some(id(5, 1)),
            action: action.to_owned(),
            target_kind: "contact".to_owned(),
            target_id: person.to_string(),
            before: None,
            after: None,
            source: "ui".to_owned(),
        };
        let tx = scope.write().await.unwrap();
        audit_log::append(&tx, vec![line(NOW, "contact.updated"), line(NOW, "contact.linked"), line(NOW.plus(1), "contact.updated")]).await.unwrap();
        tx.commit().await.unwrap();
        let found = conflict::authors(&scope.read(), &[(person, NOW)]).await.unwrap();
        assert_eq!(found, [(person.to_string(), NOW.0, "user".to_owned(), Some(id(5, 1)))]);
        assert!(conflict::authors(&scope.read(), &[]).await.unwrap().is_empty());
    }

    async fn the_log_tells_how_it_went(db: &TestStore) {
        let scope = people(db, 1).await;
        let line = |number: u128, direction: &str, outcome: &str, fields: Value, latency_ms: Option<i64>| SyncLogRow {
            workspace_id: workspace(1).0,
            id: id(7, number),
            connection_id: CRM.0,
            object: "contact".to_owned(),
            local_id: None,
            remote_id: None,
            direction: direction.to_owned(),
            outcome: outcome.to_owned(),
            fields,
            error: (outcome != "done").then(|| format!("error {number}")),
            at: at(number).0,
            latency_ms,
        };
        let mut lines: Vec<SyncLogRow> = (1..=100)
            .map(|n| line(n, "push", "done", json!({ "written": ["firstname"], "refused": {} }), Some(at(n).since(NOW) * 10)))
            .collect();
        lines.push(line(101, "push", "partial", json!({ "written": ["email"], "refused": { "city": "no", "zip": "no" } }), None));
        lines.push(line(102, "pull", "done", json!({ "written": ["name", "email"] }), None));
        lines.push(line(103, "push", "failed", json!({ "class": "several" }), Some(1)));
        lines.push(line(104, "push", "failed", json!({ "class": "several" }), None));
        lines.push(line(105, "push", "failed", json!([]), None));
        let tx = scope.write().await.unwrap();
        sync_log::append(&tx, lines).await.unwrap();
        tx.commit().await.unwrap();
        let read = scope.read();
        let span = sync_report::span(&read, CRM, NOW).await.unwrap();
        assert_eq!((span.done, span.partial, span.failed), (101, 1, 3));
        assert_eq!((span.p50_ms, span.p99_ms), (Some(500), Some(990)));
        let short = sync_report::span(&read, CRM, NOW.plus(100)).await.unwrap();
        assert_eq!((short.done, short.p50_ms, short.p99_ms), (2, Some(1_000), Some(1_000)));
        let none = sync_report::span(&read, CRM, NOW.plus(500)).await.unwrap();
        assert_eq!(none, sync_report::Span::default());
        let failures = |class: &str, count, at: i64| Failures { class: class.to_owned(), count, last_at: NOW.plus(at) };
        let expected = [failures("several", 2, 104), failures("", 1, 105), failures("field", 1, 101)];
        assert_eq!(sync_report::failures(&read, CRM, NOW).await.unwrap(), expected);
        let last = sync_report::last_error(&read, CRM, NOW, "several").await.unwrap();
        assert_eq!(last.as_deref(), Some("error 104"));
        let used = |direction: &str, field: &str, count| FieldUse { direction: direction.to_owned(), field: field.to_owned(), count };
        let expected = [used("pull", "email", 1), used("pull", "name", 1), used("push", "email", 1), used("push", "firstname", 100)];
        assert_eq!(sync_report::written(&read, CRM, NOW).await.unwrap(), expected);
        let expected = [used("push", "city", 1), used("push", "zip", 1)];
        assert_eq!(sync_report::refused(&read, CRM, NOW).await.unwrap(), expected);
        let stranger = db.store.workspace(workspace(2)).read();
        assert_eq!(sync_report::span(&stranger, CRM, NOW).await.unwrap(), sync_report::Span::default());
    }
}
