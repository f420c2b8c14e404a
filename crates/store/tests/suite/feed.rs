//! The event log, the audit log, kept answers, counters.

use super::{NOW, channel, on_both, workspace};
use rapport_core::inbox::FeedEvent;
use rapport_core::time::{DAY, HOUR, MINUTE};
use rapport_store::audit_log::{self, Line};
use rapport_store::feed::{self, Cursor};
use rapport_store::idempotency::{self, Begin};
use rapport_store::{Backend, Scope, counter, testing};
use serde_json::json;
use std::collections::HashSet;

fn event(number: i64) -> FeedEvent {
    FeedEvent {
        kind: "message.created",
        at: NOW.plus(number),
        conversation_id: None,
        contact_id: None,
        message_id: None,
        data: json!({ "number": number }),
    }
}

async fn append(scope: &Scope, numbers: std::ops::Range<i64>) {
    let tx = scope.write().await.unwrap();
    feed::append(&tx, &numbers.map(event).collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Waits until the log shows everything committed so far: PostgreSQL's watermark is that of the whole server, where other
/// tests have transactions of their own.
async fn settled(scope: &Scope, after: Cursor, count: usize) {
    for _ in 0..200 {
        let page = feed::after(&scope.read(), after, 1_000).await.unwrap();
        if page.entries.len() >= count {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the log does not show {count} events");
}

fn numbers(page: &feed::Page) -> Vec<i64> {
    page.entries.iter().map(|entry| entry.data["number"].as_i64().unwrap()).collect()
}

fn line(action: &str, target: &str) -> Line {
    Line {
        at: NOW,
        actor_kind: "user".to_owned(),
        actor_id: None,
        action: action.to_owned(),
        target_kind: "conversation".to_owned(),
        target_id: target.to_owned(),
        before: Some(json!({"status": "open"})),
        after: None,
        source: "ui".to_owned(),
    }
}

on_both! {
    async fn events_are_read_in_order_from_a_cursor(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let start = feed::head(&scope.read()).await.unwrap();
        append(&scope, 0..5).await;
        append(&db.store.workspace(workspace(2)), 50..52).await;
        append(&scope, 5..7).await;
        settled(&scope, start, 7).await;
        let page = feed::after(&scope.read(), start, 4).await.unwrap();
        assert_eq!((numbers(&page), page.reset), (vec![0, 1, 2, 3], false));
        let cursor = Cursor::parse(&page.next.to_string()).unwrap();
        let page = feed::after(&scope.read(), cursor, 100).await.unwrap();
        assert_eq!(numbers(&page), [4, 5, 6]);
        let page = feed::after(&scope.read(), page.next, 100).await.unwrap();
        assert_eq!((page.entries.len(), page.reset), (0, false));
        let head = feed::head(&scope.read()).await.unwrap();
        append(&scope, 7..8).await;
        settled(&scope, start, 8).await;
        assert_eq!(numbers(&feed::after(&scope.read(), head, 100).await.unwrap()), [7]);
        assert!(Cursor::parse("nonsense").is_err());
    }

    async fn followers_too_far_back_or_ahead_start_afresh(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        append(&scope, 0..2).await;
        settled(&scope, Cursor::START, 2).await;
        let old = feed::after(&scope.read(), Cursor::START, 1).await.unwrap().next;
        append(&scope, 3..4).await;
        append(&scope, HOUR..HOUR + 2).await;
        settled(&scope, Cursor::START, 5).await;
        assert_eq!(feed::purge(&db.store, NOW.plus(MINUTE), 100).await.unwrap(), 3);
        let page = feed::after(&scope.read(), old, 10).await.unwrap();
        assert!(page.reset && page.entries.is_empty());
        assert_eq!(feed::after(&scope.read(), Cursor::START, 10).await.unwrap().entries.len(), 2);
        let ahead = Cursor::parse("9000000000000000-00000000-0000-0000-0000-000000000000").unwrap();
        assert!(feed::after(&scope.read(), ahead, 10).await.unwrap().reset);
        assert_eq!(feed::purge(&db.store, NOW.plus(DAY), 100).await.unwrap(), 2);
        append(&scope, 9..10).await;
        settled(&scope, page.next, 1).await;
        assert_eq!(feed::after(&scope.read(), page.next, 10).await.unwrap().entries.len(), 1);
    }

    async fn what_came_late_lets_nothing_before_it_be_forgotten(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        // Two that are old and one of a clock that is wrong, two that are young, and one that is old but came after them.
        append(&scope, 0..2).await;
        append(&scope, 900 * DAY..900 * DAY + 1).await;
        append(&scope, HOUR..HOUR + 2).await;
        append(&scope, 5..6).await;
        let insert = "INSERT INTO workspace (workspace_id, name, default_country, timezone, locale, settings, created_at) \
                      SELECT workspace_id, '', '', '', '', '{}', 0 FROM event_log LIMIT 1";
        testing::execute(&db.store, insert).await.unwrap();
        settled(&scope, Cursor::START, 6).await;
        let read = feed::after(&scope.read(), Cursor::START, 3).await.unwrap().next;
        assert_eq!(feed::purge(&db.store, NOW.plus(MINUTE), 100).await.unwrap(), 2);
        let page = feed::after(&scope.read(), read, 10).await.unwrap();
        assert_eq!((numbers(&page), page.reset), (vec![HOUR, HOUR + 1, 5], false));
        // Once nothing young stands before it, it goes too.
        assert_eq!(feed::purge(&db.store, NOW.plus(2 * HOUR), 100).await.unwrap(), 3);
        assert!(feed::after(&scope.read(), read, 10).await.unwrap().reset);
    }

    async fn a_follower_misses_nothing_under_concurrent_commits(db: &TestStore) {
        const WRITERS: i64 = 6;
        const EACH: i64 = 40;
        let scope = db.store.workspace(workspace(1));
        let mut cursor = feed::head(&scope.read()).await.unwrap();
        let writers: Vec<_> = (0..WRITERS).map(|writer| {
            let scope = scope.clone();
            tokio::spawn(async move {
                for turn in 0..EACH {
                    let first = (writer * EACH + turn) * 2;
                    let tx = scope.write().await.unwrap();
                    feed::append(&tx, &[event(first)]).await.unwrap();
                    // Transactions overlap and commit in another order than they began.
                    tokio::time::sleep(std::time::Duration::from_millis(((writer * 7 + turn) % 5) as u64)).await;
                    feed::append(&tx, &[event(first + 1)]).await.unwrap();
                    tx.commit().await.unwrap();
                }
            })
        }).collect();
        let mut seen = Vec::new();
        let started = std::time::Instant::now();
        while (seen.len() as i64) < WRITERS * EACH * 2 && started.elapsed().as_secs() < 60 {
            let page = feed::after(&scope.read(), cursor, 7).await.unwrap();
            assert!(!page.reset);
            seen.extend(numbers(&page));
            cursor = page.next;
        }
        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!(seen.len() as i64, WRITERS * EACH * 2);
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), seen.len());
        for pair in 0..WRITERS * EACH {
            let place = |number: i64| seen.iter().position(|seen| *seen == number).unwrap();
            assert!(place(pair * 2) < place(pair * 2 + 1));
        }
    }

    async fn events_of_another_server_do_not_stand_in_the_way(db: &TestStore) {
        if db.store.backend() == Backend::Sqlite {
            return;
        }
        let scope = db.store.workspace(workspace(1));
        append(&scope, 0..2).await;
        let insert = "INSERT INTO workspace (workspace_id, name, default_country, timezone, locale, settings, created_at) \
                      SELECT workspace_id, '', '', '', '', '{}', 0 FROM event_log LIMIT 1";
        testing::execute(&db.store, insert).await.unwrap();
        testing::execute(&db.store, "UPDATE event_log SET pos = pos + 1000000000").await.unwrap();
        db.store.migrate().await.unwrap();
        append(&scope, 2..3).await;
        settled(&scope, Cursor::START, 1).await;
        assert_eq!(numbers(&feed::after(&scope.read(), Cursor::START, 9).await.unwrap()), [2]);
    }

    async fn audit_lines_are_found(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let tx = scope.write().await.unwrap();
        audit_log::append(&tx, vec![line("a", "1"), line("b", "2"), line("c", "1")]).await.unwrap();
        tx.commit().await.unwrap();
        let filter = audit_log::Filter { target_kind: Some("conversation".into()), target_id: Some("1".into()), ..Default::default() };
        let page = audit_log::page(&scope.read(), &filter, None, 10).await.unwrap();
        assert_eq!(page.iter().map(|line| line.action.as_str()).collect::<Vec<_>>(), ["c", "a"]);
        assert_eq!(page[0].before, Some(json!({"status": "open"})));
        let older = audit_log::page(&scope.read(), &audit_log::Filter::default(), Some(page[0].id), 10).await.unwrap();
        assert_eq!(older.len(), 2);
        let foreign = audit_log::page(&db.store.workspace(workspace(2)).read(), &filter, None, 10).await.unwrap();
        assert!(foreign.is_empty());
    }

    async fn answers_are_kept_for_a_day(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let (hash, other) = ([1; 32], [2; 32]);
        let begin = async |hash: &[u8; 32], minutes: i64| {
            idempotency::begin(&scope, "key", "POST /x", hash, NOW.plus(minutes * MINUTE)).await.unwrap()
        };
        assert_eq!(begin(&hash, 0).await, Begin::Fresh);
        assert_eq!(begin(&hash, 1).await, Begin::Running);
        assert_eq!(begin(&other, 1).await, Begin::Mismatch);
        // The first request died without a word.
        assert_eq!(begin(&hash, 3).await, Begin::Fresh);
        let tx = scope.write().await.unwrap();
        idempotency::complete(&tx, "key", "POST /x", 201, b"{}").await.unwrap();
        idempotency::forget(&tx, "key", "POST /x").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(begin(&hash, 60).await, Begin::Replay { status: 201, body: b"{}".to_vec() });
        assert_eq!(begin(&other, 60).await, Begin::Mismatch);
        assert_eq!(idempotency::purge(&db.store, NOW.plus(HOUR)).await.unwrap(), 0);
        assert_eq!(begin(&other, 25 * 60).await, Begin::Fresh);
        assert_eq!(idempotency::purge(&db.store, NOW.plus(3 * DAY)).await.unwrap(), 1);
    }

    async fn counters_add_up(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        for turn in 0..10 {
            let tx = scope.write().await.unwrap();
            counter::count(&tx, Some(channel(turn % 2)), "x", 2, NOW.plus((turn as i64 % 3) * DAY)).await.unwrap();
            counter::count(&tx, None, "y", 1, NOW).await.unwrap();
            tx.commit().await.unwrap();
        }
        let read = scope.read();
        assert_eq!(counter::sums(&read, None, 0).await.unwrap(), [("x".to_owned(), 20), ("y".to_owned(), 10)].into());
        assert_eq!(counter::sums(&read, Some(channel(0)), 0).await.unwrap(), [("x".to_owned(), 10)].into());
        assert_eq!(counter::sums(&read, None, NOW.day() + 2).await.unwrap(), [("x".to_owned(), 6)].into());
    }
}
