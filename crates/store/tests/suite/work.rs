//! Lanes, jobs and the send queue: who works on what.

use super::{NOW, channel, number, on_both, workspace};
use rapport_core::time::{HOUR, MINUTE, SECOND};
use rapport_core::{ContactId, MessageId};
use rapport_store::job::{self, Fate, NewJob, Priority};
use rapport_store::lane::{self, HeldSend};
use rapport_store::send::{self, NewSend, Verdict};
use rapport_store::{Backend, Error, testing};
use serde_json::json;
use std::collections::HashSet;
use uuid::Uuid;

const LEASE: i64 = 10 * SECOND;

async fn enqueue(db: &TestStore, jobs: Vec<NewJob>) {
    let tx = db.store.workspace(workspace(1)).write().await.unwrap();
    job::enqueue(&tx, jobs, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

use rapport_store::testing::TestStore;

fn job(kind: &str) -> NewJob {
    NewJob::new("q", kind, json!({"kind": kind}), NOW)
}

fn queued(message: u128, priority: send::Priority) -> NewSend {
    NewSend {
        message: MessageId(Uuid::from_u128(message)),
        channel: channel(1),
        contact: ContactId(Uuid::from_u128(9)),
        portfolio_key: "waba".to_owned(),
        priority,
        run_at: NOW,
    }
}

async fn seed_send_lane(db: &TestStore) {
    let insert = "INSERT INTO send_lane (portfolio_key, owner, epoch, lease_until) VALUES ('waba', NULL, 0, 0)";
    testing::execute(&db.store, insert).await.unwrap();
}

on_both! {
    async fn lanes_are_shared_and_taken_over(db: &TestStore) {
        let other = db.another_node().await.unwrap();
        assert_eq!(db.store.lanes().lease(NOW, LEASE).await.unwrap().len(), 256);
        assert_eq!(other.lanes().lease(NOW, LEASE).await.unwrap().len(), 0);
        // The first sees that it is not alone and gives half back; the second takes it.
        let mine = db.store.lanes().lease(NOW.plus(SECOND), LEASE).await.unwrap();
        let theirs = other.lanes().lease(NOW.plus(SECOND), LEASE).await.unwrap();
        assert_eq!((mine.len(), theirs.len()), (128, 128));
        assert!(mine.iter().all(|held| held.epoch == 1));
        assert!(theirs.iter().all(|held| held.epoch == 2));
        let lanes: HashSet<u16> = mine.iter().chain(&theirs).map(|held| held.lane).collect();
        assert_eq!(lanes.len(), 256);
        // A node that stops cleanly leaves everything to the other at once.
        other.lanes().release_all().await.unwrap();
        let all = db.store.lanes().lease(NOW.plus(2 * SECOND), LEASE).await.unwrap();
        assert_eq!(all.len(), 256);
        other.close().await.unwrap();
    }

    async fn an_ended_lease_is_taken_and_the_fence_holds(db: &TestStore) {
        let other = db.another_node().await.unwrap();
        // A lease of no length has ended when it begins, by whatever clock.
        let old = db.store.lanes().lease(NOW, 0).await.unwrap();
        let scope = db.store.workspace(workspace(1));
        let tx = scope.write().await.unwrap();
        tx.fence_lanes(db.store.node_id(), &old[..3]).await.unwrap();
        tx.rollback().await.unwrap();
        // Both nodes live, so the other takes its half: the lowest lanes, all of them ended.
        let new = other.lanes().lease(NOW.plus(1), LEASE).await.unwrap();
        assert_eq!(new.len(), 128);
        let tx = scope.write().await.unwrap();
        assert!(matches!(tx.fence_lanes(db.store.node_id(), &old[..3]).await, Err(Error::Stale(_))));
        tx.rollback().await.unwrap();
        let tx = other.workspace(workspace(1)).write().await.unwrap();
        tx.fence_lanes(other.node_id(), &new[..3]).await.unwrap();
        let wrong = lane::Held { epoch: new[0].epoch - 1, ..new[0] };
        assert!(matches!(tx.fence_lanes(other.node_id(), &[wrong]).await, Err(Error::Stale(_))));
        tx.rollback().await.unwrap();
        other.close().await.unwrap();
    }

    async fn a_locked_lane_keeps_others_waiting(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let first = scope.write().await.unwrap();
        first.lock_lanes(&[9, 3]).await.unwrap();
        let second = tokio::spawn({
            let scope = scope.clone();
            async move {
                let tx = scope.write().await.unwrap();
                tx.lock_lane(3).await.unwrap();
                tx.commit().await.unwrap();
            }
        });
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        assert!(!second.is_finished());
        first.commit().await.unwrap();
        second.await.unwrap();
    }

    async fn seizing_is_for_sqlite(db: &TestStore) {
        let other = db.another_node().await.unwrap();
        assert_eq!(other.lanes().lease(NOW, LEASE).await.unwrap().len(), 256);
        let seized = db.store.lanes().seize(NOW, LEASE).await;
        match db.store.backend() {
            Backend::Sqlite => assert_eq!(seized.unwrap().len(), 256),
            Backend::Postgres => assert!(matches!(seized, Err(Error::Invalid(_)))),
        }
        other.close().await.unwrap();
    }

    async fn jobs_run_by_priority_and_time(db: &TestStore) {
        let late = NewJob { run_at: NOW.plus(HOUR), ..job("late") };
        let low = NewJob { priority: Priority::Low, ..job("low") };
        let high = NewJob { priority: Priority::High, run_at: NOW.plus(-1), ..job("high") };
        enqueue(db, vec![late, low, job("normal"), high]).await;
        let queue = db.store.queue();
        assert_eq!(queue.next_due("q").await.unwrap(), Some(NOW.plus(-1)));
        let claimed = queue.claim("q", 10, NOW, MINUTE).await.unwrap();
        assert_eq!(claimed.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["high", "normal", "low"]);
        assert_eq!(claimed[0].payload, json!({"kind": "high"}));
        assert_eq!(queue.claim("q", 10, NOW, MINUTE).await.unwrap(), []);
        assert_eq!(queue.claim("other", 10, NOW, MINUTE).await.unwrap(), []);
        assert_eq!(queue.complete(&claimed[..2]).await.unwrap(), 2);
        assert_eq!(queue.complete(&claimed[..2]).await.unwrap(), 0);
        let tx = db.store.workspace(workspace(1)).write().await.unwrap();
        job::complete(&tx, &claimed[2]).await.unwrap();
        assert!(matches!(job::complete(&tx, &claimed[2]).await, Err(Error::Stale(_))));
        tx.commit().await.unwrap();
        assert_eq!(queue.next_due("q").await.unwrap(), Some(NOW.plus(HOUR)));
        assert_eq!(queue.claim("q", 10, NOW.plus(HOUR), MINUTE).await.unwrap().len(), 1);
    }

    async fn jobs_with_the_same_key_are_one(db: &TestStore) {
        let keyed = |kind: &str, minutes: i64| NewJob {
            dedupe_key: Some("k".to_owned()),
            run_at: NOW.plus(minutes * MINUTE),
            ..job(kind)
        };
        enqueue(db, vec![keyed("first", 9), keyed("second", 5)]).await;
        enqueue(db, vec![keyed("third", 3)]).await;
        enqueue(db, vec![keyed("fourth", 30)]).await;
        let queue = db.store.queue();
        assert_eq!(queue.next_due("q").await.unwrap(), Some(NOW.plus(3 * MINUTE)));
        let now = NOW.plus(HOUR);
        let claimed = queue.claim("q", 10, now, MINUTE).await.unwrap();
        assert_eq!(claimed.len(), 1);
        assert_eq!(claimed[0].kind, "first");
        // While it runs a new one may wait; the failed one then goes on without its key.
        enqueue(db, vec![keyed("fifth", 0)]).await;
        assert_eq!(queue.fail(&claimed[0], now, "no luck", false).await.unwrap(), Fate::Retry);
        assert_eq!(queue.claim("q", 10, now, MINUTE).await.unwrap().len(), 2);
        enqueue(db, vec![keyed("timer", 10)]).await;
        let tx = db.store.workspace(workspace(1)).write().await.unwrap();
        assert_eq!(job::cancel(&tx, "q", "k").await.unwrap(), 1);
        tx.commit().await.unwrap();
    }

    async fn ordered_jobs_run_one_at_a_time(db: &TestStore) {
        let ordered = |kind: &str| NewJob { order_key: Some("contact 1".to_owned()), ..job(kind) };
        enqueue(db, vec![ordered("a"), ordered("b"), ordered("c"), job("free")]).await;
        let queue = db.store.queue();
        let mut seen = Vec::new();
        for _ in 0..3 {
            let claimed = queue.claim("q", 10, NOW, MINUTE).await.unwrap();
            let mine: Vec<_> = claimed.into_iter().filter(|job| job.kind != "free").collect();
            assert_eq!(mine.len(), 1);
            seen.push(mine[0].kind.clone());
            queue.complete(&mine).await.unwrap();
        }
        assert_eq!(seen, ["a", "b", "c"]);
    }

    async fn a_race_for_jobs_gives_each_to_one(db: &TestStore) {
        let ordered = |n: usize| NewJob { order_key: Some(format!("contact {}", n % 20)), ..job("x") };
        enqueue(db, (0..200).map(ordered).collect()).await;
        enqueue(db, (0..200).map(|_| job("y")).collect()).await;
        let tasks = (0..8).map(|_| {
            let queue = db.store.queue();
            tokio::spawn(async move {
                let mut done = Vec::new();
                let mut empty = 0;
                while empty < 3 {
                    let claimed = queue.claim("q", 7, NOW, MINUTE).await.unwrap();
                    empty = if claimed.is_empty() { empty + 1 } else { 0 };
                    done.extend(claimed.iter().map(|job| job.id));
                    assert_eq!(queue.complete(&claimed).await.unwrap(), claimed.len() as u64);
                }
                done
            })
        });
        let mut done: Vec<_> = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            done.extend(task.await.unwrap());
        }
        // What a claimer saw as taken may have been left by all of them for the next look.
        loop {
            let rest = db.store.queue().claim("q", 100, NOW, MINUTE).await.unwrap();
            if rest.is_empty() {
                break;
            }
            done.extend(rest.iter().map(|job| job.id));
            db.store.queue().complete(&rest).await.unwrap();
        }
        assert_eq!(done.len(), 400);
        assert_eq!(done.iter().collect::<HashSet<_>>().len(), 400);
        assert_eq!(number(db, "SELECT count(*) FROM job").await, 0);
    }

    async fn jobs_die_and_rise(db: &TestStore) {
        let queue = db.store.queue();
        enqueue(db, vec![NewJob { max_attempts: 2, ..job("x") }, job("fatal")]).await;
        let claimed = queue.claim("q", 10, NOW, MINUTE).await.unwrap();
        assert_eq!(queue.fail(&claimed[1], NOW, "refused\u{0}", true).await.unwrap(), Fate::Dead);
        assert_eq!(queue.fail(&claimed[0], NOW.plus(MINUTE), "down", false).await.unwrap(), Fate::Retry);
        assert!(matches!(queue.fail(&claimed[0], NOW, "late", false).await, Err(Error::Stale(_))));
        assert_eq!(queue.claim("q", 10, NOW, MINUTE).await.unwrap(), []);
        let again = queue.claim("q", 10, NOW.plus(MINUTE), MINUTE).await.unwrap();
        assert_eq!((again[0].attempt, again[0].last_error.as_deref()), (2, Some("down")));
        assert_eq!(queue.fail(&again[0], NOW, "down", false).await.unwrap(), Fate::Dead);
        let scope = db.store.workspace(workspace(1));
        let dead = job::dead(&scope.read(), None, 10).await.unwrap();
        assert_eq!(dead.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["fatal", "x"]);
        assert_eq!(job::dead(&scope.read(), Some(dead[0].id), 10).await.unwrap().len(), 1);
        assert_eq!(job::dead(&db.store.workspace(workspace(2)).read(), None, 10).await.unwrap(), []);
        let tx = scope.write().await.unwrap();
        job::replay(&tx, dead[1].id, NOW).await.unwrap();
        job::discard(&tx, dead[0].id).await.unwrap();
        assert!(matches!(job::discard(&tx, dead[0].id).await, Err(Error::NotFound(_))));
        tx.commit().await.unwrap();
        assert_eq!(queue.claim("q", 10, NOW, MINUTE).await.unwrap()[0].attempt, 1);
        assert_eq!(queue.counts().await.unwrap()[0].state, "running");
    }

    async fn leases_of_jobs_end(db: &TestStore) {
        let queue = db.store.queue();
        enqueue(db, vec![job("x"), NewJob { max_attempts: 1, ..job("y") }]).await;
        let claimed = queue.claim("q", 10, NOW, 0).await.unwrap();
        assert_eq!(claimed.len(), 2);
        assert_eq!(queue.expire_leases(NOW.plus(1)).await.unwrap(), 2);
        assert_eq!(queue.complete(&claimed).await.unwrap(), 0);
        let again = queue.claim("q", 10, NOW, 0).await.unwrap();
        assert_eq!(again.iter().map(|job| (job.kind.as_str(), job.attempt)).collect::<Vec<_>>(), [("x", 2)]);
        assert_eq!(queue.extend(&again, NOW, HOUR).await.unwrap(), 1);
        assert_eq!(queue.extend(&claimed, NOW, HOUR).await.unwrap(), 0);
        assert_eq!(queue.expire_leases(NOW.plus(1)).await.unwrap(), 0);
    }

    async fn jobs_of_a_lost_node_do_not_wait_for_their_lease(db: &TestStore) {
        let other = db.another_node().await.unwrap();
        other.lanes().lease(NOW, LEASE).await.unwrap();
        enqueue(db, vec![job("x"), job("y")]).await;
        let theirs = other.queue().claim("q", 1, NOW, HOUR).await.unwrap();
        let mine = db.store.queue().claim("q", 1, NOW, HOUR).await.unwrap();
        assert_eq!((theirs.len(), mine.len()), (1, 1));
        assert_eq!(db.store.queue().expire_leases(NOW.plus(1)).await.unwrap(), 0, "no lease has ended");
        assert_eq!(db.store.queue().take_from_silent(NOW.plus(1)).await.unwrap(), 0, "both were heard of just now");
        if db.store.backend() == Backend::Sqlite {
            // The other process is gone, or this one would not start.
            db.store.lanes().seize(NOW, LEASE).await.unwrap();
        } else {
            db.store.lanes().lease(NOW, LEASE).await.unwrap();
            let silent = format!("UPDATE node SET seen_at = seen_at - {} WHERE id = '{}'", job::SILENT_MS, other.node_id());
            testing::execute(&db.store, &silent).await.unwrap();
            assert_eq!(db.store.queue().take_from_silent(NOW.plus(1)).await.unwrap(), 1);
            let nobody = format!("UPDATE node SET seen_at = seen_at - {}", job::SILENT_MS);
            testing::execute(&db.store, &nobody).await.unwrap();
            assert_eq!(db.store.queue().take_from_silent(NOW.plus(1)).await.unwrap(), 0, "whoever looks is not gone");
        }
        let again = db.store.queue().claim("q", 10, NOW, HOUR).await.unwrap();
        let told: Vec<_> = again.iter().map(|job| (job.id, job.attempt)).collect();
        assert_eq!(told, [(theirs[0].id, 2)], "what this node runs stays with it");
        assert_eq!(other.queue().complete(&theirs).await.unwrap(), 0, "whoever comes back finds that it is no longer theirs");
    }

    async fn a_clean_stop_leaves_its_jobs_to_others(db: &TestStore) {
        let other = db.another_node().await.unwrap();
        enqueue(db, vec![job("x")]).await;
        let theirs = other.queue().claim("q", 1, NOW, HOUR).await.unwrap();
        other.lanes().release_all().await.unwrap();
        let mine = db.store.queue().claim("q", 1, NOW, HOUR).await.unwrap();
        assert_eq!((mine[0].id, mine[0].attempt), (theirs[0].id, 2));
    }

    async fn sends_go_by_priority_and_are_tried_once_at_a_time(db: &TestStore) {
        seed_send_lane(db).await;
        let scope = db.store.workspace(workspace(1));
        let tx = scope.write().await.unwrap();
        let later = NewSend { run_at: NOW.plus(HOUR), ..queued(4, send::Priority::Reply) };
        let sends = [queued(1, send::Priority::Promotion), queued(2, send::Priority::Reply), queued(3, send::Priority::Service), later];
        send::enqueue(&tx, &sends, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let held = db.store.lanes().lease_send(NOW, LEASE).await.unwrap();
        assert_eq!(held, [HeldSend { portfolio_key: "waba".to_owned(), epoch: 1 }]);
        let outbox = db.store.send_queue();
        let due = outbox.due(&["waba".to_owned(), "other".to_owned()], NOW, 10, &[]).await.unwrap();
        assert_eq!(due.iter().map(|send| send.message.0.as_u128()).collect::<Vec<_>>(), [2, 3, 1]);
        for (busy, left) in [(&[9_u128][..], &[1_u128][..]), (&[8], &[2, 3, 1]), (&[7, 8, 9], &[1])] {
            let busy: Vec<_> = busy.iter().map(|id| ContactId(Uuid::from_u128(*id))).collect();
            let due = outbox.due(&["waba".to_owned()], NOW, 10, &busy).await.unwrap();
            assert_eq!(due.iter().map(|send| send.message.0.as_u128()).collect::<Vec<_>>(), left, "but {busy:?}");
            assert_eq!(outbox.next_due("waba", &busy).await.unwrap(), Some(NOW));
        }
        let tx = scope.write().await.unwrap();
        lane::fence_send(&tx, db.store.node_id(), &held[0]).await.unwrap();
        let ids: Vec<MessageId> = due.iter().map(|send| send.message).collect();
        let mut started = send::start(&tx, &ids, held[0].epoch, NOW).await.unwrap();
        assert_eq!(send::start(&tx, &ids, held[0].epoch, NOW).await.unwrap(), []);
        tx.commit().await.unwrap();
        started.sort_by_key(|started| started.message);
        let tx = scope.write().await.unwrap();
        send::finish(&tx, started[0], &Verdict::Sent { provider_id: "wamid.1".to_owned() }, NOW).await.unwrap();
        let retry = Verdict::Retry { at: NOW.plus(MINUTE), code: Some(130_429), detail: "slow down".to_owned() };
        send::finish(&tx, started[1], &retry, NOW).await.unwrap();
        send::finish(&tx, started[2], &Verdict::Unknown { detail: "reset".to_owned() }, NOW).await.unwrap();
        let late = send::finish(&tx, started[2], &retry, NOW).await;
        assert!(matches!(late, Err(Error::Stale(_))));
        tx.commit().await.unwrap();
        assert_eq!(outbox.next_due("waba", &[]).await.unwrap(), Some(NOW.plus(MINUTE)));
        let counts = outbox.counts("waba").await.unwrap();
        assert_eq!((counts["queued"], counts["unknown"]), (2, 1));
        assert_eq!(outbox.unknown("waba", NOW.plus(1), 10).await.unwrap()[0].message, started[2].message);
        let tx = scope.write().await.unwrap();
        assert!(send::settle(&tx, started[2].message, Some("wamid.3"), NOW).await.unwrap());
        assert!(!send::settle(&tx, started[2].message, Some("wamid.3"), NOW).await.unwrap());
        assert!(!send::hold(&tx, started[1].message, 1, NOW.plus(2 * HOUR)).await.unwrap(), "not what was judged");
        assert!(send::hold(&tx, started[1].message, 0, NOW.plus(2 * HOUR)).await.unwrap());
        assert!(send::remove(&tx, started[1].message).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(number(db, "SELECT count(*) FROM message_attempt WHERE outcome = 'sent'").await, 2);
        assert_eq!(number(db, "SELECT count(*) FROM send_queue").await, 1);
    }

    async fn what_a_lost_sender_left_is_unknown(db: &TestStore) {
        seed_send_lane(db).await;
        let other = db.another_node().await.unwrap();
        let scope = db.store.workspace(workspace(1));
        let tx = scope.write().await.unwrap();
        send::enqueue(&tx, &[queued(1, send::Priority::Reply)], NOW).await.unwrap();
        tx.commit().await.unwrap();
        let held = db.store.lanes().lease_send(NOW, 0).await.unwrap().remove(0);
        let tx = scope.write().await.unwrap();
        let started = send::start(&tx, &[MessageId(Uuid::from_u128(1))], held.epoch, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let taken = other.lanes().lease_send(NOW.plus(1), LEASE).await.unwrap().remove(0);
        let tx = scope.write().await.unwrap();
        assert!(matches!(lane::fence_send(&tx, db.store.node_id(), &held).await, Err(Error::Stale(_))));
        tx.rollback().await.unwrap();
        assert_eq!(other.send_queue().abandoned(&taken).await.unwrap(), [workspace(1)]);
        let tx = other.workspace(workspace(1)).write().await.unwrap();
        lane::fence_send(&tx, other.node_id(), &taken).await.unwrap();
        assert_eq!(send::take_over(&tx, &taken, NOW).await.unwrap(), started);
        assert!(send::settle(&tx, started[0].message, None, NOW).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(other.send_queue().due(&["waba".to_owned()], NOW, 9, &[]).await.unwrap()[0].attempts, 1);
        other.close().await.unwrap();
    }

    async fn reach_counts_customers_once(db: &TestStore) {
        use rapport_store::reach::{self, Reach};
        let scope = db.store.workspace(workspace(1));
        let person = |n: u128| ContactId(Uuid::from_u128(n));
        let sent = |message: u128, who: u128, minutes: i64| Reach {
            message_id: MessageId(Uuid::from_u128(message)),
            channel_id: channel(1),
            contact_id: person(who),
            portfolio_key: "waba".to_owned(),
            at: NOW.plus(minutes * MINUTE),
            template: true,
            promotion: message == 2,
            initiated: message != 4,
            content_hash: (message == 1).then_some([3; 16]),
            event_key: None,
        };
        let all = [sent(1, 1, 0), sent(2, 1, 5), sent(3, 2, 3), sent(4, 3, 1), sent(5, 4, -60)];
        let tx = scope.write().await.unwrap();
        reach::note(&tx, &all).await.unwrap();
        // Tried again: the same message, later.
        reach::note(&tx, &[sent(3, 2, 4)]).await.unwrap();
        tx.commit().await.unwrap();
        let read = scope.read();
        for (who, counts_customer) in [(1, true), (2, true), (3, false), (4, false)] {
            let first = reach::first_messages(&read, "waba", person(who), NOW.plus(-1)).await.unwrap();
            let expected =
                reach::FirstMessages { customers: 2, counts_customer, oldest: Some(NOW.plus(4 * MINUTE)) };
            assert_eq!(first, expected, "{who}");
        }
        let nobody = reach::first_messages(&read, "other", person(1), NOW.plus(-1)).await.unwrap();
        assert_eq!(nobody, reach::FirstMessages { customers: 0, counts_customer: false, oldest: None });
        assert_eq!(reach::of_contact(&read, person(1), NOW.plus(-1), None).await.unwrap(), all[..2]);
        let without = reach::of_contact(&read, person(1), NOW.plus(-1), Some(all[0].message_id)).await.unwrap();
        assert_eq!(without, all[1..2]);
        assert_eq!(reach::of_channel(&read, channel(1), NOW).await.unwrap(), 4);
        let tx = scope.write().await.unwrap();
        reach::forget(&tx, &[all[0].message_id, all[1].message_id]).await.unwrap();
        reach::forget(&tx, &[]).await.unwrap();
        assert_eq!(reach::purge(&tx, NOW).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(reach::of_channel(&scope.read(), channel(1), NOW).await.unwrap(), 2);
    }
}
