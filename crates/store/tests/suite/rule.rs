//! Rules, their versions and runs: on both databases.

use super::ingest::{text, turn};
use crate::{NOW, number, on_both, workspace};
use rapport_core::ContactId;
use rapport_core::time::{DAY, HOUR};
use rapport_store::rule::{self, RuleRow, RunFilter, RunRow, VersionRow};
use rapport_store::{Scope, Store};
use serde_json::json;
use uuid::Uuid;

fn row(scope: &Scope, id: u128) -> RuleRow {
    RuleRow {
        workspace_id: scope.workspace().0,
        id: Uuid::from_u128(id),
        name: format!("Rule {id}"),
        enabled: true,
        shadow: 0,
        version: 1,
        revision: 1,
        definition: json!({ "name": "x" }),
        created_at: NOW.0,
        updated_at: NOW.0,
    }
}

async fn keep(scope: &Scope, row: RuleRow) {
    let version = VersionRow {
        workspace_id: row.workspace_id,
        rule_id: row.id,
        version: row.version,
        definition: row.definition.clone(),
        actor_kind: "system".to_owned(),
        actor_id: None,
        actor_name: "system".to_owned(),
        at: NOW.0,
    };
    let tx = scope.write().await.unwrap();
    rule::insert(&tx, row).await.unwrap();
    rule::keep_version(&tx, version).await.unwrap();
    tx.commit().await.unwrap();
}

fn run(scope: &Scope, store: &Store, rule: u128, contact: ContactId, key: &str, state: &str) -> RunRow {
    RunRow {
        workspace_id: scope.workspace().0,
        id: store.new_id(NOW),
        rule_id: Uuid::from_u128(rule),
        rule_version: 1,
        rule_name: "x".to_owned(),
        contact_id: contact.0,
        conversation_id: None,
        event_key: key.to_owned(),
        event: json!({ "what": { "kind": "message" } }),
        state: state.to_owned(),
        reason: None,
        depth: 2,
        shadow: 0,
        checks: json!([]),
        conditions: json!({}),
        steps: json!([]),
        wait_path: None,
        due_at: None,
        began_at: NOW.0,
        ended_at: (state == "skipped").then_some(NOW.0),
        updated_at: NOW.0,
    }
}

async fn insert(scope: &Scope, rows: Vec<RunRow>) {
    let tx = scope.write().await.unwrap();
    rule::insert_runs(&tx, rows).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn the_stamp_changes_with_every_rule(db: &TestStore) {
        let (scope, other) = (db.store.workspace(workspace(1)), db.store.workspace(workspace(2)));
        let mut stamps = vec![rule::stamp(&scope.read()).await.unwrap()];
        keep(&scope, row(&scope, 7)).await;
        stamps.push(rule::stamp(&scope.read()).await.unwrap());
        keep(&scope, row(&scope, 5)).await;
        stamps.push(rule::stamp(&scope.read()).await.unwrap());
        let tx = scope.write().await.unwrap();
        let known = rule::get_for_write(&tx, Uuid::from_u128(7)).await.unwrap().unwrap();
        rule::update(&tx, RuleRow { enabled: false, revision: 2, ..known }).await.unwrap();
        tx.commit().await.unwrap();
        stamps.push(rule::stamp(&scope.read()).await.unwrap());
        let tx = scope.write().await.unwrap();
        rule::delete(&tx, Uuid::from_u128(5)).await.unwrap();
        tx.commit().await.unwrap();
        stamps.push(rule::stamp(&scope.read()).await.unwrap());
        for (at, one) in stamps.iter().enumerate() {
            assert!(stamps[at + 1..].iter().all(|later| later != one), "{at}: {one:?}");
        }
        assert!(rule::enabled(&scope.read()).await.unwrap().is_empty());
        assert!(rule::versions(&scope.read(), Uuid::from_u128(5), None, 9).await.unwrap().is_empty());
        assert_eq!(rule::version(&scope.read(), Uuid::from_u128(7), 1).await.unwrap().unwrap().version, 1);
        assert_eq!(rule::stamp(&other.read()).await.unwrap(), stamps[0], "another workspace has none");
        assert_eq!(rule::get(&other.read(), Uuid::from_u128(7)).await.unwrap(), None);
        let tx = other.write().await.unwrap();
        assert!(rule::delete(&tx, Uuid::from_u128(7)).await.is_err());
        assert!(rule::insert(&tx, row(&scope, 9)).await.is_err(), "a row of another workspace");
    }

    async fn a_rule_runs_once_for_an_event(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let contact = ContactId(Uuid::from_u128(1));
        let made = |rule, key: &str, state: &str| run(&scope, &db.store, rule, contact, key, state);
        insert(&scope, vec![made(1, "message:1", "acting"), made(2, "message:1", "acting")]).await;
        insert(&scope, vec![made(1, "message:1", "acting"), made(1, "message:2", "done")]).await;
        insert(&scope, vec![made(3, "skip:1", "skipped")]).await;
        assert_eq!(number(db, "SELECT count(*) FROM rule_run").await, 4);
        let read = scope.read();
        assert_eq!(rule::of_event(&read, contact, "message:1").await.unwrap().len(), 2);
        let past = rule::past(&read, contact, NOW.plus(-HOUR), 50).await.unwrap();
        assert_eq!((past.len(), past[0].depth), (3, 2), "what did not run is no run");
        assert!(rule::past(&read, contact, NOW.plus(HOUR), 50).await.unwrap().is_empty());
        let ids = [1, 2, 3].map(|id| (Uuid::from_u128(id), false));
        let begun = rule::begun(&read, &ids, NOW.plus(-HOUR), 100).await.unwrap();
        assert_eq!(ids.map(|(id, _)| begun[&id]), [2, 1, 0]);
        assert_eq!(rule::begun(&read, &ids[..1], NOW.plus(-HOUR), 1).await.unwrap()[&ids[0].0], 1, "counting stops");
        let filter = RunFilter { rule: Some(ids[0].0), ..RunFilter::default() };
        let page = rule::runs(&read, &filter, None, 1).await.unwrap();
        assert_eq!(page[0].event_key, "message:2");
        assert_eq!(rule::runs(&read, &filter, Some(page[0].id), 9).await.unwrap().len(), 1);
        let filter = RunFilter { state: Some("skipped".to_owned()), contact: Some(contact), ..RunFilter::default() };
        assert_eq!(rule::runs(&read, &filter, None, 9).await.unwrap().len(), 1);
        let other = db.store.workspace(workspace(2)).read();
        assert!(rule::runs(&other, &RunFilter::default(), None, 9).await.unwrap().is_empty());
        assert_eq!(rule::run(&other, page[0].id).await.unwrap(), None);
    }

    async fn what_was_only_watched_counts_apart_and_others_push_nothing_out(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let contact = ContactId(Uuid::from_u128(1));
        let made = |rule, key: &str| run(&scope, &db.store, rule, contact, key, "done");
        let watched = |rule, key: &str| RunRow { shadow: 1, ..made(rule, key) };
        insert(&scope, vec![made(1, "a"), watched(1, "b"), watched(2, "b"), made(3, "c"), made(3, "d")]).await;
        let (read, since) = (scope.read(), NOW.plus(-HOUR));
        let newest = rule::past(&read, contact, since, 2).await.unwrap();
        assert_eq!(newest.iter().map(|run| run.rule_id.as_u128()).collect::<Vec<_>>(), [3, 3], "those of others");
        let one = Uuid::from_u128(1);
        for (rule, watched, limit, found) in [(1, false, 9, 1), (1, true, 9, 2), (2, false, 9, 0), (3, false, 1, 1)] {
            let rule = (Uuid::from_u128(rule), watched);
            assert_eq!(rule::own(&read, contact, rule, since, limit).await.unwrap().len(), found, "{rule:?}");
        }
        assert!(rule::own(&read, contact, (one, true), NOW.plus(HOUR), 9).await.unwrap().is_empty());
        for (watched, found) in [(false, 1), (true, 2)] {
            assert_eq!(rule::begun(&read, &[(one, watched)], since, 9).await.unwrap()[&one], found);
        }
        let other = db.store.workspace(workspace(2)).read();
        assert!(rule::own(&other, contact, (one, true), since, 9).await.unwrap().is_empty());
    }

    async fn old_runs_are_removed_and_waiting_ones_stay(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let contact = ContactId(Uuid::from_u128(1));
        let made = |key: &str, state: &str, ended: Option<i64>| {
            RunRow { ended_at: ended, ..run(&scope, &db.store, 1, contact, key, state) }
        };
        let ago = |days: i64| Some(NOW.plus(-days * DAY).0);
        let rows = vec![
            made("a", "waiting", None),
            made("b", "done", ago(200)),
            made("c", "done", ago(20)),
            made("d", "skipped", ago(20)),
            made("e", "skipped", ago(2)),
        ];
        insert(&scope, rows).await;
        let tx = scope.write().await.unwrap();
        assert_eq!(rule::purge(&tx, NOW.plus(-7 * DAY), NOW.plus(-180 * DAY), 1).await.unwrap(), 1);
        assert_eq!(rule::purge(&tx, NOW.plus(-7 * DAY), NOW.plus(-180 * DAY), 10).await.unwrap(), 1);
        rule::drop_skips(&tx, contact, "e", &[Uuid::from_u128(2)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(number(db, "SELECT count(*) FROM rule_run WHERE event_key IN ('a', 'c', 'e')").await, 3);
    }

    async fn what_was_said_is_read_back(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let later = NOW.plus(HOUR);
        turn(&scope, &[text("m1", "971500000001", "the price?", NOW)], NOW).await;
        turn(&scope, &[text("m2", "971500000001", "غالي جدا", later)], later).await;
        turn(&scope, &[text("m3", "971500000002", "hello", later)], later).await;
        let read = scope.read();
        let all = rule::active(&read, NOW, None, 10).await.unwrap();
        assert_eq!(all.len(), 2);
        let first = all.iter().find(|known| known.last_preview == "غالي جدا").unwrap();
        let spoken = rule::spoken(&read, first.contact_id, NOW.plus(-1), 10).await.unwrap();
        let told: Vec<_> = spoken.iter().map(|line| (line.content.text(), line.direction.as_str())).collect();
        assert_eq!(told, [("غالي جدا".to_owned(), "in"), ("the price?".to_owned(), "in")]);
        assert_eq!(rule::spoken(&read, first.contact_id, NOW, 10).await.unwrap().len(), 1);
        assert_eq!(rule::newest(&read, first.contact_id).await.unwrap().unwrap().id, first.id);
        assert_eq!(rule::active(&read, NOW, Some(all[0].id.0), 10).await.unwrap().len(), 1);
        assert_eq!(rule::waiting(&read, None, 1).await.unwrap().len(), 1);
        assert_eq!(rule::names(&read, &[first.contact_id.0]).await.unwrap().len(), 1);
        let other = db.store.workspace(workspace(2)).read();
        assert!(rule::active(&other, NOW, None, 10).await.unwrap().is_empty());
        assert!(rule::spoken(&other, first.contact_id, NOW.plus(-1), 10).await.unwrap().is_empty());
    }
}
