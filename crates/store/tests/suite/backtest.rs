//! Trials of rules on the past, the past they read, and what became of a rule: on both databases.

use super::ingest::{text, turn};
use crate::{NOW, number, on_both, workspace};
use rapport_core::ContactId;
use rapport_core::message::Direction;
use rapport_core::time::{DAY, HOUR};
use rapport_store::rule::backtest::{self, BacktestRow, ExampleRow};
use rapport_store::rule::{history, outcome};
use rapport_store::{Scope, Store, testing};
use serde_json::json;
use uuid::Uuid;

fn trial(scope: &Scope, store: &Store, rule: u128, state: &str) -> BacktestRow {
    BacktestRow {
        workspace_id: scope.workspace().0,
        id: store.new_id(NOW),
        rule_id: Some(Uuid::from_u128(rule)),
        rule_name: "x".to_owned(),
        rule_version: Some(1),
        definition: json!({}),
        from_at: 0,
        to_at: NOW.0,
        channel_id: None,
        team_id: None,
        state: state.to_owned(),
        total: 0,
        done: 0,
        last: None,
        tally: json!({}),
        ran: 0,
        skipped: 0,
        currency: None,
        actor_kind: "system".to_owned(),
        actor_id: None,
        actor_name: "system".to_owned(),
        created_at: NOW.0,
        updated_at: NOW.0,
    }
}

async fn keep(scope: &Scope, row: BacktestRow) -> rapport_store::Result<()> {
    let tx = scope.write().await.unwrap();
    backtest::insert(&tx, row).await?;
    tx.commit().await
}

on_both! {
    async fn one_trial_runs_at_a_time_in_each_workspace(db: &TestStore) {
        let (one, two) = (db.store.workspace(workspace(1)), db.store.workspace(workspace(2)));
        let running = trial(&one, &db.store, 1, "running");
        keep(&one, running.clone()).await.unwrap();
        assert!(keep(&one, trial(&one, &db.store, 2, "running")).await.unwrap_err().is_conflict());
        keep(&two, trial(&two, &db.store, 1, "running")).await.unwrap();
        let tx = one.write().await.unwrap();
        let mut row = backtest::get_for_write(&tx, running.id).await.unwrap().unwrap();
        row.state = "done".to_owned();
        backtest::update(&tx, row).await.unwrap();
        tx.commit().await.unwrap();
        keep(&one, trial(&one, &db.store, 2, "running")).await.unwrap();
        let read = one.read();
        assert_eq!(backtest::page(&read, None, None, 10).await.unwrap().len(), 2);
        assert_eq!(backtest::page(&read, Some(Uuid::from_u128(1)), None, 10).await.unwrap()[0].id, running.id);
        assert!(backtest::get(&two.read(), running.id).await.unwrap().is_none());
    }

    async fn old_trials_go_with_their_examples(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let mut ids = Vec::new();
        for rule in 0..4 {
            let row = trial(&scope, &db.store, rule, "done");
            ids.push(row.id);
            keep(&scope, row).await.unwrap();
        }
        let example = |id: Uuid, place: i32| ExampleRow {
            workspace_id: scope.workspace().0, backtest_id: id, place, ran: place % 2 == 0, body: json!({ "at": place }),
        };
        let tx = scope.write().await.unwrap();
        let rows = ids.iter().flat_map(|id| (0..5).map(|place| example(*id, place))).collect();
        backtest::add_examples(&tx, rows).await.unwrap();
        backtest::forget(&tx, 2).await.unwrap();
        tx.commit().await.unwrap();
        let read = scope.read();
        let left: Vec<Uuid> = backtest::page(&read, None, None, 10).await.unwrap().iter().map(|row| row.id).collect();
        assert_eq!(left, [ids[3], ids[2]]);
        assert_eq!(number(db, "SELECT count(*) FROM rule_backtest_example").await, 10);
        let places = |rows: Vec<ExampleRow>| rows.iter().map(|row| row.place).collect::<Vec<_>>();
        assert_eq!(places(backtest::examples(&read, ids[3], true, 1, 10).await.unwrap()), [2, 4]);
        assert_eq!(places(backtest::examples(&read, ids[3], false, 0, 10).await.unwrap()), [1, 3]);
    }

    async fn the_past_is_read_customer_by_customer(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let later = NOW.plus(DAY);
        turn(&scope, &[text("m1", "971500000001", "the price?", NOW)], NOW).await;
        turn(&scope, &[text("m2", "971500000001", "غالي جدا", later)], later).await;
        turn(&scope, &[text("m3", "971500000002", "hello", NOW)], NOW).await;
        let read = scope.read();
        assert_eq!(history::count_customers(&read, NOW).await.unwrap(), 2);
        assert_eq!(history::count_customers(&read, later).await.unwrap(), 1);
        let all = history::customers(&read, NOW, None, 10).await.unwrap();
        let behind = history::customers(&read, NOW, Some(all[0].0), 10).await.unwrap();
        assert!(all.is_sorted() && behind == all[1..]);
        let lines = history::lines(&read, &all, NOW..later.plus(1), 10).await.unwrap();
        let whose: Vec<_> = lines.iter().map(|line| line.contact_id).collect();
        assert!(whose.is_sorted() && lines.len() == 3, "{lines:?}");
        assert!(lines.iter().all(|line| line.direction == Direction::In));
        assert_eq!(history::lines(&read, &all, NOW..later, 10).await.unwrap().len(), 2, "the end is outside");
        assert_eq!(history::lines(&read, &all, NOW.plus(1)..later.plus(1), 10).await.unwrap().len(), 1);
        assert_eq!(history::lines(&read, &all, NOW..later.plus(1), 2).await.unwrap().len(), 2);
        let people = history::people(&read, &all).await.unwrap();
        assert_eq!((people.contacts.len(), people.conversations.len(), people.consents.len()), (2, 2, 0));
        let other = db.store.workspace(workspace(2)).read();
        assert!(history::customers(&other, NOW, None, 10).await.unwrap().is_empty());
        assert!(history::lines(&other, &all, NOW..later, 10).await.unwrap().is_empty());
        assert!(history::people(&other, &all).await.unwrap().contacts.is_empty());
    }

    async fn a_line_that_cannot_be_read_stops_nobody(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        turn(&scope, &[text("m1", "971500000001", "the price?", NOW)], NOW).await;
        turn(&scope, &[text("m2", "971500000001", "hello", NOW.plus(HOUR))], NOW.plus(HOUR)).await;
        let bytes = match db.store.backend() {
            rapport_store::Backend::Sqlite => "x'ff00'",
            rapport_store::Backend::Postgres => "'\\xff00'",
        };
        let make = format!("UPDATE message SET content = {bytes} WHERE at = {}", NOW.0);
        testing::execute(&db.store, &make).await.unwrap();
        let read = scope.read();
        let all = history::customers(&read, NOW, None, 10).await.unwrap();
        let lines = history::lines(&read, &all, NOW..NOW.plus(DAY), 10).await.unwrap();
        let told: Vec<_> = lines.iter().map(|line| (line.content.kind(), line.content.text())).collect();
        assert_eq!((told.len(), told[1].1.as_str()), (2, "hello"));
        assert_eq!((told[0].0, &lines[0].direction), ("unsupported", &Direction::In));
    }

    async fn the_messages_of_a_rule_are_found_by_it(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        turn(&scope, &[text("m1", "971500000001", "the price?", NOW)], NOW).await;
        turn(&scope, &[text("m2", "971500000001", "a human", NOW.plus(HOUR))], NOW.plus(HOUR)).await;
        // The first line is made one of a rule's: it was sent, and it arrived.
        let id = Uuid::from_u128(7);
        let hex = match db.store.backend() {
            rapport_store::Backend::Sqlite => format!("x'{}'", id.simple()),
            rapport_store::Backend::Postgres => format!("'{id}'"),
        };
        let make = format!(
            "UPDATE message SET direction = 'out', author_kind = 'rule', author_id = {hex}, client_id = 'rule:r:1', \
             sent_at = 1, delivered_at = 2 WHERE at = {}", NOW.0
        );
        testing::execute(&db.store, &make).await.unwrap();
        let read = scope.read();
        let sent = outcome::sent_by(&read, id, NOW, 10).await.unwrap();
        assert_eq!(sent.len(), 1);
        assert_eq!((sent[0].sent, sent[0].delivered, sent[0].read), (true, true, false));
        assert_eq!(sent[0].client_id.as_deref(), Some("rule:r:1"));
        assert!(outcome::sent_by(&read, id, NOW.plus(1), 10).await.unwrap().is_empty());
        let whose = sent[0].contact_id;
        let early = (whose, NOW.plus(-HOUR)..NOW.plus(HOUR));
        let late = (whose, NOW.plus(HOUR)..NOW.plus(2 * HOUR));
        let stranger = (ContactId(Uuid::from_u128(99)), NOW..NOW.plus(2 * HOUR));
        for (stretches, found) in [
            (vec![early.clone(), late.clone(), stranger.clone()], vec!["a human"]),
            (vec![early, stranger], Vec::new()),
            (Vec::new(), Vec::new()),
        ] {
            let wrote = outcome::wrote_within(&read, &stretches, 10).await.unwrap();
            assert_eq!(wrote.iter().map(|one| one.3.text()).collect::<Vec<_>>(), found);
        }
        let other = db.store.workspace(workspace(2)).read();
        assert!(outcome::sent_by(&other, id, NOW, 10).await.unwrap().is_empty());
        assert!(outcome::wrote_within(&other, &[late], 10).await.unwrap().is_empty());
    }
}
