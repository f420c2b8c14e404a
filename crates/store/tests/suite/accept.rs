//! Receiving events and working them off.

use super::{NOW, channel, number, on_both, workspace};
use rapport_core::time::HOUR;
use rapport_store::raw::{Accepted, Finish, Finished, Kind, NewRawEvent, Pending};
use rapport_store::{Backend, Error, audit, codec, testing};
use std::sync::Arc;

fn event(number: u64, lane: u16) -> NewRawEvent {
    let mut key = [0; 16];
    key[8..].copy_from_slice(&number.to_be_bytes());
    NewRawEvent {
        workspace: workspace(1),
        channel: channel(1),
        key,
        lane,
        kind: Kind::Message,
        received_at: NOW,
        body: codec::pack_event(format!("{{\"number\":{number}}}").as_bytes()),
    }
}

fn done(event: &Pending, finish: Finish) -> Finished {
    let outcome = if finish == Finish::Processed { "stale" } else { "other" };
    Finished { id: event.id, finish, outcome: outcome.to_owned() }
}

const ALL_LANES: std::ops::Range<u16> = 0..256;

fn lanes() -> Vec<u16> {
    ALL_LANES.collect()
}

on_both! {
    async fn a_mixed_batch_says_what_is_new(db: &TestStore) {
        let raw = db.store.raw();
        let mut batch = vec![event(1, 3), event(2, 4), event(1, 3)];
        batch.push(NewRawEvent { workspace: workspace(2), channel: channel(2), ..event(1, 3) });
        let accepted = raw.accept(&batch).await.unwrap();
        assert_eq!(accepted, [Accepted::New, Accepted::New, Accepted::Duplicate, Accepted::New]);
        assert_eq!(raw.accept(&batch[..2]).await.unwrap(), [Accepted::Duplicate, Accepted::Duplicate]);
        assert_eq!(raw.accept(&[]).await.unwrap(), []);
        let counts = audit::counts(&db.store.workspace(workspace(1))).await.unwrap();
        assert_eq!((counts.received, counts.duplicates, counts.pending), (5, 3, 2));
        assert!(counts.balanced, "{:?}", counts.findings);
        let pending = raw.pending(&lanes(), 100).await.unwrap();
        assert_eq!(pending.len(), 3);
        assert_eq!(pending[0].body.as_deref().unwrap(), b"{\"number\":1}");
    }

    async fn parallel_duplicates_are_stored_once(db: &TestStore) {
        let raw = db.store.raw();
        let batch: Arc<Vec<NewRawEvent>> = Arc::new((0..50).map(|n| event(n, (n % 7) as u16)).collect());
        let tasks = (0..64).map(|turn| {
            let (raw, batch) = (raw.clone(), batch.clone());
            tokio::spawn(async move {
                // Different orders would make two writers wait for each other if the store did not sort.
                let mut mine = batch.to_vec();
                mine.rotate_left(turn % 50);
                raw.accept(&mine).await.unwrap().iter().filter(|accepted| **accepted == Accepted::New).count()
            })
        });
        let new: usize = futures::future::join_all(tasks).await.into_iter().map(Result::unwrap).sum();
        assert_eq!(new, 50);
        assert_eq!(number(db, "SELECT count(*) FROM raw_event").await, 50);
        let counts = audit::counts(&db.store.workspace(workspace(1))).await.unwrap();
        assert_eq!((counts.received, counts.duplicates), (64 * 50, 63 * 50));
        assert!(counts.balanced, "{:?}", counts.findings);
    }

    async fn pending_events_come_in_order_and_only_from_the_lanes(db: &TestStore) {
        let raw = db.store.raw();
        let batch: Vec<NewRawEvent> = (0..2_000).map(|n| event(n, (n % 3) as u16)).collect();
        raw.accept(&batch).await.unwrap();
        let some = raw.pending(&[0, 2], 500).await.unwrap();
        assert_eq!(some.len(), 500);
        assert!(some.iter().all(|event| event.lane != 1));
        assert!(some.is_sorted_by_key(|event| event.id));
        let one = raw.pending(&[1], 1_000).await.unwrap();
        assert_eq!(one.len(), 667);
        assert_eq!(raw.pending(&[200], 10).await.unwrap().len(), 0);
        assert_eq!(raw.pending(&[], 10).await.unwrap().len(), 0);
        assert_eq!(raw.backlog(10_000).await.unwrap(), 2_000);
    }

    async fn what_is_acknowledged_after_a_full_disk_is_durable(db: &TestStore) {
        if db.store.backend() != Backend::Sqlite {
            return;
        }
        // A limit on the file's pages fails as a full disk does: SQLite ends the transaction by itself.
        for round in 0..5 {
            testing::execute(&db.store, "PRAGMA max_page_count = 1").await.unwrap();
            let big: Vec<_> = (0..400).map(|n| NewRawEvent { body: vec![7; 4_000], ..event(round * 400 + n, 1) }).collect();
            assert!(db.store.raw().accept(&big).await.is_err(), "there is no room");
        }
        let small: Vec<_> = (9_000..9_050).map(|n| event(n, 1)).collect();
        let _ = testing::execute(&db.store, "PRAGMA max_page_count = 1073741823").await;
        assert_eq!(db.store.raw().accept(&small).await.unwrap().len(), 50);
        // Another process sees only what is really committed.
        let other = db.another_node().await.unwrap();
        assert_eq!(testing::number(&other, "SELECT count(*) FROM raw_event").await.unwrap(), 50);
        other.close().await.unwrap();
    }

    async fn events_end_once(db: &TestStore) {
        let raw = db.store.raw();
        let scope = db.store.workspace(workspace(1));
        raw.accept(&(0..6).map(|n| event(n, 9)).collect::<Vec<_>>()).await.unwrap();
        let pending = raw.pending(&[9], 10).await.unwrap();
        let key = [7; 16];
        let ends = [
            Finish::Processed,
            Finish::Duplicate,
            Finish::Quarantined("no customer\u{0}".to_owned()),
            Finish::Waiting { key, until: NOW.plus(HOUR) },
            Finish::Relaned(10),
            Finish::Failed("broken".to_owned()),
        ];
        let finished: Vec<Finished> = pending.iter().zip(ends).map(|(event, finish)| done(event, finish)).collect();
        let tx = scope.write().await.unwrap();
        tx.finish_raw(&finished).await.unwrap();
        tx.commit().await.unwrap();
        let tx = scope.write().await.unwrap();
        assert!(matches!(tx.finish_raw(&finished[..1]).await, Err(Error::Stale(_))));
        tx.rollback().await.unwrap();
        let left = raw.pending(&lanes(), 10).await.unwrap();
        assert_eq!(left.iter().map(|event| (event.lane, event.attempts)).collect::<Vec<_>>(), [(10, 0), (9, 1)]);
        let tx = scope.write().await.unwrap();
        assert_eq!(tx.release_raw(&[(channel(1), [8; 16])]).await.unwrap(), 0);
        assert_eq!(tx.release_raw(&[(channel(1), key)]).await.unwrap(), 1);
        assert!(tx.replay_raw(pending[2].id).await.unwrap());
        assert!(!tx.replay_raw(pending[0].id).await.unwrap());
        tx.commit().await.unwrap();
        let left = raw.pending(&lanes(), 10).await.unwrap();
        assert_eq!(left.len(), 4);
        assert!(left.iter().any(|event| event.wait_until == Some(NOW.plus(HOUR))));
    }

    async fn waiting_ends(db: &TestStore) {
        let raw = db.store.raw();
        let scope = db.store.workspace(workspace(1));
        raw.accept(&[event(1, 0), event(2, 0)]).await.unwrap();
        let pending = raw.pending(&[0], 10).await.unwrap();
        let tx = scope.write().await.unwrap();
        let wait = |minutes: i64| Finish::Waiting { key: [1; 16], until: NOW.plus(minutes * 60_000) };
        tx.finish_raw(&[done(&pending[0], wait(1)), done(&pending[1], wait(5))]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(raw.pending(&[0], 10).await.unwrap().len(), 0);
        assert_eq!(raw.expire_waiting(NOW.plus(60_000), 10).await.unwrap(), 1);
        assert_eq!(raw.pending(&[0], 10).await.unwrap()[0].id, pending[0].id);
        assert_eq!(raw.backlog(10).await.unwrap(), 2);
    }

    async fn old_events_leave_but_stay_counted(db: &TestStore) {
        let raw = db.store.raw();
        let scope = db.store.workspace(workspace(1));
        raw.accept(&(0..5).map(|n| event(n, 0)).collect::<Vec<_>>()).await.unwrap();
        let pending = raw.pending(&[0], 10).await.unwrap();
        let tx = scope.write().await.unwrap();
        let mut finished: Vec<Finished> = pending[..2].iter().map(|event| done(event, Finish::Processed)).collect();
        finished.push(done(&pending[2], Finish::Duplicate));
        finished.push(done(&pending[3], Finish::Quarantined("why".to_owned())));
        tx.finish_raw(&finished).await.unwrap();
        tx.commit().await.unwrap();
        let later = NOW.plus(HOUR);
        assert_eq!(raw.purge(workspace(1), NOW, later, 100).await.unwrap(), 0);
        assert_eq!(raw.purge(workspace(1), later, later, 2).await.unwrap(), 2);
        assert_eq!(raw.purge(workspace(1), later, later, 100).await.unwrap(), 1);
        assert_eq!(number(db, "SELECT count(*) FROM raw_event").await, 2);
        let counts = audit::counts(&scope).await.unwrap();
        assert!(counts.balanced, "{:?}", counts.findings);
        assert_eq!((counts.processed, counts.duplicates, counts.quarantined, counts.pending), (2, 1, 1, 1));
    }

    async fn damaged_bodies_do_not_stop_the_lane(db: &TestStore) {
        let raw = db.store.raw();
        raw.accept(&[NewRawEvent { body: vec![9, 9], ..event(1, 0) }, event(2, 0)]).await.unwrap();
        let pending = raw.pending(&[0], 10).await.unwrap();
        assert!(pending[0].body.is_err());
        assert!(pending[1].body.is_ok());
        testing::execute(&db.store, "DELETE FROM raw_event").await.unwrap();
    }
}
