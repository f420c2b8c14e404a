//! What the composer leaves behind: quick replies and their counts, keys, messages that wait for a moment or change while
//! they wait.

use crate::{NOW, channel, number, on_both, workspace};
use rapport_core::time::HOUR;
use rapport_core::{ContactId, MessageId, Ms, UserId};
use rapport_store::quick_reply::{self, QuickReplyRow, Uses};
use rapport_store::send::{self, Berth, NewSend, Plan, Priority, Sleepers, Verdict};
use rapport_store::{testing, user_keys};
use serde_json::json;
use uuid::Uuid;

fn reply(number: u128, shortcut: &str) -> QuickReplyRow {
    QuickReplyRow {
        workspace_id: workspace(1).0,
        id: Uuid::from_u128(number),
        shortcut: shortcut.to_owned(),
        title: "Title".to_owned(),
        bodies: json!({ "en": "Hello", "ar": "أهلا" }),
        audience: "shared".to_owned(),
        owner_id: None,
        created_by: None,
        created_at: NOW.0,
        updated_at: NOW.0,
    }
}

fn queued(message: u128, run_at: Ms) -> NewSend {
    NewSend {
        message: MessageId(Uuid::from_u128(message)),
        channel: channel(1),
        contact: ContactId(Uuid::from_u128(9)),
        portfolio_key: "waba".to_owned(),
        priority: Priority::Reply,
        run_at,
    }
}

fn id(message: u128) -> MessageId {
    MessageId(Uuid::from_u128(message))
}

on_both! {
    async fn a_short_code_is_one_in_its_workspace(db: &TestStore) {
        let (scope, stranger) = (db.store.workspace(workspace(1)), db.store.workspace(workspace(2)));
        let tx = scope.write().await.unwrap();
        quick_reply::insert(&tx, reply(1, "hours")).await.unwrap();
        quick_reply::insert(&tx, reply(2, "bye")).await.unwrap();
        assert!(quick_reply::insert(&tx, QuickReplyRow { workspace_id: workspace(2).0, ..reply(3, "x") }).await.is_err());
        tx.commit().await.unwrap();
        let tx = scope.write().await.unwrap();
        assert!(quick_reply::insert(&tx, reply(4, "hours")).await.unwrap_err().is_conflict());
        tx.rollback().await.unwrap();
        let tx = stranger.write().await.unwrap();
        quick_reply::insert(&tx, QuickReplyRow { workspace_id: workspace(2).0, ..reply(1, "hours") }).await.unwrap();
        assert!(quick_reply::delete(&tx, Uuid::from_u128(2)).await.is_err(), "of another workspace");
        tx.commit().await.unwrap();
        let rows = quick_reply::all(&scope.read()).await.unwrap();
        let codes: Vec<&str> = rows.iter().map(|row| row.shortcut.as_str()).collect();
        assert_eq!((codes, &rows[1].bodies["ar"]), (vec!["bye", "hours"], &json!("أهلا")));
    }

    async fn uses_are_counted_by_person(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let (me, other) = (Uuid::from_u128(71), Uuid::from_u128(72));
        let tx = scope.write().await.unwrap();
        quick_reply::insert(&tx, reply(1, "hours")).await.unwrap();
        for (user, at) in [(me, 1), (me, 2), (other, 3)] {
            quick_reply::used(&tx, Uuid::from_u128(1), user, NOW.plus(at)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let uses = quick_reply::uses(&scope.read(), Some(me)).await.unwrap();
        assert_eq!(uses[&Uuid::from_u128(1)], Uses { all: 3, own: 2, own_last: Some(NOW.plus(2)) });
        assert!(quick_reply::uses(&db.store.workspace(workspace(2)).read(), Some(me)).await.unwrap().is_empty());
        let read = scope.read();
        let one = Uuid::from_u128(1);
        assert_eq!(quick_reply::uses_of(&read, Some(other), one).await.unwrap().own_last, Some(NOW.plus(3)));
        assert_eq!(quick_reply::uses_of(&read, None, one).await.unwrap(), Uses { all: 3, own: 0, own_last: None });
        assert_eq!(quick_reply::uses_of(&read, Some(me), Uuid::from_u128(2)).await.unwrap(), Uses::default());
        let tx = scope.write().await.unwrap();
        quick_reply::delete(&tx, Uuid::from_u128(1)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(number(db, "SELECT count(*) FROM quick_reply_use").await, 0);
    }

    async fn keys_are_replaced(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let user = UserId(Uuid::from_u128(71));
        for keys in [json!({ "mode": "off" }), json!({ "mode": "all" })] {
            let tx = scope.write().await.unwrap();
            user_keys::set(&tx, user, keys.clone(), NOW).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(user_keys::get(&scope.read(), user).await.unwrap(), Some(keys));
        }
        assert_eq!(user_keys::get(&db.store.workspace(workspace(2)).read(), user).await.unwrap(), None);
    }

    async fn a_change_is_seen_by_whoever_read_before_it(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let tx = scope.write().await.unwrap();
        send::enqueue(&tx, &[queued(1, NOW), queued(2, NOW), queued(3, NOW)], NOW).await.unwrap();
        tx.commit().await.unwrap();
        let due = db.store.send_queue().due(&["waba".to_owned()], NOW, 10, &[]).await.unwrap();
        let read: Vec<_> = due.iter().map(|one| (one.message, one.revision)).collect();
        let tx = scope.write().await.unwrap();
        assert!(send::requeue(&tx, id(1), NOW, None).await.unwrap());
        assert!(send::remove(&tx, id(2)).await.unwrap());
        let left = send::unchanged(&tx, &read).await.unwrap();
        assert_eq!(left.into_iter().collect::<Vec<_>>(), [id(3)]);
        // What is in flight is nobody's to change.
        send::start(&tx, &[id(3)], 1, NOW).await.unwrap();
        assert!(!send::requeue(&tx, id(3), NOW, None).await.unwrap());
        assert!(send::unchanged(&tx, &read).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        let due = db.store.send_queue().due(&["waba".to_owned()], NOW, 10, &[]).await.unwrap();
        assert_eq!((due.len(), due[0].message, due[0].revision), (1, id(1), 1));
        let stranger = db.store.workspace(workspace(2)).write().await.unwrap();
        assert!(!send::requeue(&stranger, id(1), NOW, None).await.unwrap(), "of another workspace");
        stranger.rollback().await.unwrap();
    }

    async fn a_plan_outlasts_everything_but_its_moment(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let later = NOW.plus(HOUR);
        let chosen = Plan { at: later, heed_since: Some(NOW) };
        let tx = scope.write().await.unwrap();
        send::enqueue(&tx, &[queued(1, later), queued(2, later)], NOW).await.unwrap();
        send::plan(&tx, id(1), chosen).await.unwrap();
        // It would wait at another channel now, but not go earlier.
        let berth = Berth { channel: channel(2), portfolio_key: "waba".to_owned(), home: Some(channel(1)), run_at: NOW };
        assert!(send::carry(&tx, id(1), &berth).await.unwrap());
        assert_eq!(send::plan_of(&tx, id(1)).await.unwrap(), Some(Some(chosen)));
        assert_eq!(send::plan_of(&tx, id(2)).await.unwrap(), Some(None));
        assert_eq!(send::plan_of(&tx, id(3)).await.unwrap(), None);
        tx.commit().await.unwrap();
        assert_eq!(send::plans(&scope.read(), &[id(1), id(2)]).await.unwrap().into_iter().collect::<Vec<_>>(), [(id(1), chosen)]);
        assert_eq!(db.store.send_queue().wake("waba", NOW).await.unwrap(), 1, "the clock went back: only the other one wakes");
        let due = db.store.send_queue().due(&["waba".to_owned()], NOW, 10, &[]).await.unwrap();
        assert_eq!((due.len(), due[0].message), (1, id(2)));
        let due = db.store.send_queue().due(&["waba".to_owned()], later, 10, &[]).await.unwrap();
        assert_eq!(due.iter().find(|one| one.message == id(1)).unwrap().plan, Some(chosen));
        let tx = scope.write().await.unwrap();
        assert!(send::requeue(&tx, id(1), NOW, None).await.unwrap());
        assert_eq!(send::plan_of(&tx, id(1)).await.unwrap(), Some(None));
        tx.commit().await.unwrap();
    }

    async fn what_was_put_off_is_roused_but_for_what_was_planned(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let (soon, late) = (NOW.plus(20_000), NOW.plus(HOUR));
        let of = |message, run_at, contact: u128, priority| NewSend {
            contact: ContactId(Uuid::from_u128(contact)),
            priority,
            ..queued(message, run_at)
        };
        let tx = scope.write().await.unwrap();
        let sends = [
            of(1, soon, 9, Priority::Reply),
            of(2, late, 9, Priority::Service),
            of(3, soon, 8, Priority::Service),
            of(4, soon, 9, Priority::Promotion),
            of(5, soon, 9, Priority::Reply),
            NewSend { channel: channel(2), ..of(6, soon, 9, Priority::Reply) },
        ];
        send::enqueue(&tx, &sends, NOW).await.unwrap();
        send::plan(&tx, id(5), Plan { at: soon, heed_since: None }).await.unwrap();
        let all = Sleepers { portfolio_key: "waba", channel: channel(1), contact: None, by: NOW.plus(30_000) };
        assert_eq!(send::rouse(&tx, &all, NOW).await.unwrap(), 2, "an answer and a notice that are due soon");
        let one = Sleepers { contact: Some(ContactId(Uuid::from_u128(9))), by: Ms(i64::MAX), ..all };
        assert_eq!(send::rouse(&tx, &one, NOW).await.unwrap(), 1, "and what waits for the customer, however long");
        assert_eq!(send::rouse(&tx, &Sleepers { portfolio_key: "other", ..one }, NOW).await.unwrap(), 0);
        tx.commit().await.unwrap();
        let due = db.store.send_queue().due(&["waba".to_owned()], NOW, 10, &[]).await.unwrap();
        assert_eq!(due.iter().map(|one| one.message).collect::<Vec<_>>(), [id(1), id(2), id(3)]);
    }

    async fn what_may_be_out_is_known_by_its_tries(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let tx = scope.write().await.unwrap();
        let all: Vec<_> = (1..=5).map(|message| queued(message, NOW)).collect();
        send::enqueue(&tx, &all, NOW).await.unwrap();
        let detail = || "no".to_owned();
        let verdicts = [
            (1, Verdict::Retry { at: NOW, code: None, detail: detail() }, false),
            (2, Verdict::Failed { code: Some(131_053), detail: detail() }, false),
            (3, Verdict::Unknown { detail: detail() }, true),
            (4, Verdict::Sent { provider_id: "wamid.1".to_owned() }, true),
        ];
        for (message, verdict, out) in verdicts {
            let started = send::start(&tx, &[id(message)], 1, NOW).await.unwrap();
            assert!(send::may_be_out(&tx, id(message)).await.unwrap(), "while it is in flight");
            send::finish(&tx, started[0], &verdict, NOW).await.unwrap();
            assert_eq!(send::may_be_out(&tx, id(message)).await.unwrap(), out, "{verdict:?}");
        }
        assert!(!send::may_be_out(&tx, id(5)).await.unwrap(), "never tried");
        send::settle(&tx, id(3), None, NOW).await.unwrap();
        assert!(send::may_be_out(&tx, id(3)).await.unwrap(), "a person may be wrong");
        tx.commit().await.unwrap();
    }

    async fn the_tables_fit_their_entities(db: &TestStore) {
        testing::select_all_entities(&db.store).await.unwrap();
    }
}
