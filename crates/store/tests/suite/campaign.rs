//! Campaigns: steps under a condition, recipients that turn into one message each, counts.

use crate::{NOW, channel, number, on_both, workspace};
use rapport_core::campaign::{Skip, Standing, Status, Step};
use rapport_core::time::{HOUR, MINUTE};
use rapport_core::{CampaignId, ContactId, MessageId};
use rapport_store::campaign::{self, CampaignRow, NewRecipient, RecipientFilter, Settled, Told};
use rapport_store::send::{self, NewSend, Plan, Priority};
use rapport_store::{Error, Scope, Store};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

fn id(number: u128) -> CampaignId {
    CampaignId(Uuid::from_u128(0x0190_0000_0000_7000_c000_0000_0000_0000 + number))
}

fn contact(number: u128) -> ContactId {
    ContactId(Uuid::from_u128(0x0190_0000_0000_7000_d000_0000_0000_0000 + number))
}

fn message(number: u128) -> MessageId {
    MessageId(Uuid::from_u128(0x0190_0000_0000_7000_e000_0000_0000_0000 + number))
}

fn row(number: u128) -> CampaignRow {
    CampaignRow {
        workspace_id: workspace(1).0,
        id: id(number).0,
        name: "Eid".to_owned(),
        channel_id: channel(1).0,
        template_id: Uuid::from_u128(5),
        template_name: "offer".to_owned(),
        template_language: "en".to_owned(),
        category: "marketing".to_owned(),
        given: json!({ "body.1": "10 %" }),
        audience: json!({ "kind": "channel" }),
        status: Status::Draft.code().to_owned(),
        scheduled_at: None,
        cursor: None,
        planned: 0,
        started_at: None,
        finished_at: None,
        stopped_for: None,
        created_by: None,
        created_at: NOW.0,
        updated_at: NOW.0,
    }
}

async fn insert(scope: &Scope, row: CampaignRow) {
    let tx = scope.write().await.unwrap();
    campaign::insert(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
}

async fn step(store: &Store, number: u128, step: Step, told: Told) -> bool {
    let tx = store.workspace(workspace(1)).write().await.unwrap();
    let done = campaign::step(&tx, id(number), step, told, NOW).await.unwrap();
    tx.commit().await.unwrap();
    done
}

fn recipient(number: u128, lane: u16) -> NewRecipient {
    NewRecipient { contact: contact(number), lane, skip: None }
}

async fn add(scope: &Scope, recipients: &[NewRecipient]) -> u64 {
    let tx = scope.write().await.unwrap();
    let new = campaign::add(&tx, id(1), recipients, NOW).await.unwrap();
    tx.commit().await.unwrap();
    new
}

on_both! {
    async fn of_two_who_start_it_one_does(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        insert(&scope, row(1)).await;
        let other = db.another_node().await.unwrap();
        let began = tokio::join!(
            step(&db.store, 1, Step::Start, Told::default()),
            step(&other, 1, Step::Start, Told::default()),
            step(&db.store, 1, Step::Start, Told::default()),
        );
        assert_eq!([began.0, began.1, began.2].into_iter().filter(|one| *one).count(), 1);
        let known = campaign::get(&scope.read(), id(1)).await.unwrap().unwrap();
        assert_eq!((known.status.as_str(), known.started_at), ("running", Some(NOW.0)));
        assert!(!step(&db.store, 1, Step::Resume, Told::default()).await);
        assert!(step(&db.store, 1, Step::Pause, Told { why: Some("channel_gone"), ..Told::default() }).await);
        let known = campaign::get(&scope.read(), id(1)).await.unwrap().unwrap();
        assert_eq!(known.stopped_for.as_deref(), Some("channel_gone"));
        let stopped = async |limit| campaign::stopped(&scope.read(), limit).await.unwrap().len();
        assert_eq!((stopped(10).await, stopped(0).await), (1, 0));
        let elsewhere = db.store.workspace(workspace(2)).read();
        assert!(campaign::stopped(&elsewhere, 10).await.unwrap().is_empty(), "another workspace's is nobody's here");
        assert!(step(&db.store, 1, Step::Resume, Told::default()).await);
        assert_eq!(stopped(10).await, 0);
        assert!(step(&db.store, 1, Step::Pause, Told::default()).await);
        assert_eq!(stopped(10).await, 0, "a person paused it, and knows");
        assert!(step(&db.store, 1, Step::Resume, Told::default()).await);
        assert_eq!(campaign::get(&scope.read(), id(1)).await.unwrap().unwrap().stopped_for, None);
        let tx = scope.write().await.unwrap();
        assert!(!campaign::change(&tx, &row(1)).await.unwrap(), "what has begun is not changed");
        assert!(!campaign::delete(&tx, id(1)).await.unwrap(), "nor deleted");
        tx.commit().await.unwrap();
    }

    async fn campaigns_with_work_are_found(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        for number in 1..=3 {
            insert(&scope, row(number)).await;
        }
        assert!(step(&db.store, 1, Step::Start, Told::default()).await);
        assert!(step(&db.store, 2, Step::Schedule, Told { at: Some(NOW.plus(HOUR)), ..Told::default() }).await);
        let live = async |at| -> Vec<CampaignId> {
            campaign::live(&db.store, at).await.unwrap().into_iter().map(|(_, id)| id).collect()
        };
        assert_eq!(live(NOW).await, [id(1)]);
        assert_eq!(live(NOW.plus(HOUR)).await, [id(1), id(2)]);
        let asked = BTreeSet::from([id(1), id(2), id(9)]);
        assert!(step(&db.store, 1, Step::Pause, Told::default()).await);
        let standings = campaign::standings(&scope.read(), &asked).await.unwrap();
        assert_eq!(
            (standings[&id(1)], standings[&id(2)], standings[&id(9)]),
            (Standing::Paused, Standing::UnderWay, Standing::Cancelled)
        );
        let stranger = db.store.workspace(workspace(2));
        assert!(campaign::get(&stranger.read(), id(1)).await.unwrap().is_none());
        assert!(campaign::list(&stranger.read(), None, None, 10).await.unwrap().is_empty());
        let tx = stranger.write().await.unwrap();
        assert!(!campaign::step(&tx, id(3), Step::Start, Told::default(), NOW).await.unwrap());
        drop(tx);
        let ids = |rows: Vec<CampaignRow>| rows.into_iter().map(|row| CampaignId(row.id)).collect::<Vec<_>>();
        assert_eq!(ids(campaign::list(&scope.read(), None, None, 2).await.unwrap()), [id(3), id(2)]);
        assert_eq!(ids(campaign::list(&scope.read(), None, Some(id(2).0), 2).await.unwrap()), [id(1)]);
        assert_eq!(ids(campaign::list(&scope.read(), Some(Status::Draft), None, 9).await.unwrap()), [id(3)]);
    }

    async fn a_recipient_is_settled_once(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        insert(&scope, row(1)).await;
        let gone = NewRecipient { skip: Some(Skip::Gone), ..recipient(4, 0) };
        assert_eq!(add(&scope, &[recipient(1, 9), recipient(2, 3), recipient(3, 3), gone]).await, 4);
        assert_eq!(add(&scope, &[recipient(2, 3), recipient(5, 1)]).await, 1, "who is one already stays");
        let read = scope.read();
        let waiting = campaign::waiting(&read, id(1), 3).await.unwrap();
        assert_eq!(waiting, [(contact(5), 1), (contact(2), 3), (contact(3), 3)], "from few lanes");
        let settled = [
            (contact(2), Settled::Message(message(2))),
            (contact(3), Settled::Skipped(Skip::Missing("body.1".to_owned()))),
        ];
        let tx = scope.write().await.unwrap();
        campaign::settle(&tx, id(1), &settled, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let tx = scope.write().await.unwrap();
        let again = campaign::settle(&tx, id(1), &settled[..1], NOW).await;
        assert!(matches!(again, Err(Error::Stale(_))), "{again:?}");
        drop(tx);
        let page = campaign::page(&read, id(1), &RecipientFilter::Any, None, 10).await.unwrap();
        let states: Vec<_> = page.iter().map(|row| (row.state.as_str(), row.detail.as_deref())).collect();
        let expected = [("waiting", None), ("queued", None), ("skipped", Some("body.1")), ("skipped", None), ("waiting", None)];
        assert_eq!(states, expected);
        let skipped = RecipientFilter::State(campaign::SKIPPED);
        let page = campaign::page(&read, id(1), &skipped, Some(contact(3).0), 10).await.unwrap();
        assert_eq!(page.iter().map(|row| row.reason.as_deref()).collect::<Vec<_>>(), [Some("gone")]);
        let progress = campaign::progress(&read, &[id(1), id(2)]).await.unwrap();
        assert_eq!((progress.len(), progress[&id(1).0].waiting), (1, 2));
        assert!(campaign::progress(&db.store.workspace(workspace(2)).read(), &[id(1)]).await.unwrap().is_empty());
    }

    async fn what_waits_to_be_sent_is_counted_and_roused(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let send = |number: u128, run_at| NewSend {
            message: message(number),
            channel: channel(1),
            contact: contact(number),
            portfolio_key: "waba".to_owned(),
            priority: Priority::Promotion,
            run_at,
        };
        let tx = scope.write().await.unwrap();
        let sends = [send(1, NOW), send(2, NOW.plus(HOUR))];
        send::enqueue_of(&tx, id(1), &sends, NOW).await.unwrap();
        send::enqueue(&tx, &[send(3, NOW.plus(HOUR))], NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(campaign::in_queue(&scope.read(), id(1), NOW.plus(MINUTE)).await.unwrap(), (2, 1));
        let due = db.store.send_queue().due(&["waba".to_owned()], NOW.plus(HOUR), 9, &[]).await.unwrap();
        assert_eq!(due.iter().filter(|one| one.campaign == Some(id(1))).count(), 2);
        let tx = scope.write().await.unwrap();
        assert_eq!(campaign::rouse(&tx, id(1), false, NOW).await.unwrap(), 2);
        tx.commit().await.unwrap();
        assert_eq!(campaign::in_queue(&scope.read(), id(1), NOW).await.unwrap(), (2, 2));
        let untouched = format!("SELECT count(*) FROM send_queue WHERE run_at = {}", NOW.plus(HOUR).0);
        assert_eq!(number(db, &untouched).await, 1, "other messages keep their time");
        // What was judged before it was roused is not put off by that judgement.
        let tx = scope.write().await.unwrap();
        assert!(!send::hold(&tx, due[0].message, due[0].revision, NOW.plus(HOUR)).await.unwrap());
        // Nor does what somebody planned go before its moment, unless it goes never.
        let plan = Plan { at: NOW.plus(2 * HOUR), heed_since: None };
        assert!(send::requeue(&tx, message(2), plan.at, Some(plan)).await.unwrap());
        campaign::rouse(&tx, id(1), false, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(campaign::in_queue(&scope.read(), id(1), NOW).await.unwrap(), (2, 1));
        let tx = scope.write().await.unwrap();
        campaign::rouse(&tx, id(1), true, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(campaign::in_queue(&scope.read(), id(1), NOW).await.unwrap(), (2, 2));
    }

    async fn one_that_was_put_off_does_not_begin(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        insert(&scope, row(1)).await;
        let due = Told { due: true, ..Told::default() };
        assert!(!step(&db.store, 1, Step::Start, due).await, "a draft has no moment");
        assert!(step(&db.store, 1, Step::Schedule, Told { at: Some(NOW), ..Told::default() }).await);
        // Seen as due by a worker, and put off before it begins.
        assert!(step(&db.store, 1, Step::Schedule, Told { at: Some(NOW.plus(HOUR)), ..Told::default() }).await);
        assert!(!step(&db.store, 1, Step::Start, due).await);
        let known = campaign::get(&scope.read(), id(1)).await.unwrap().unwrap();
        assert_eq!((known.status.as_str(), known.started_at), ("scheduled", None));
        assert!(step(&db.store, 1, Step::Schedule, Told { at: Some(NOW), ..Told::default() }).await);
        assert!(step(&db.store, 1, Step::Start, due).await);
    }

    async fn what_runs_over_a_channel_and_what_is_open(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        for number in 1..=4 {
            let over = if number == 3 { channel(2) } else { channel(1) };
            insert(&scope, CampaignRow { channel_id: over.0, given: json!({ "n": number }), ..row(number) }).await;
        }
        for number in 1..=3 {
            assert!(step(&db.store, number, Step::Start, Told::default()).await);
        }
        assert!(step(&db.store, 1, Step::Cancel, Told::default()).await);
        let tx = scope.write().await.unwrap();
        assert_eq!(campaign::running_over(&tx, channel(1)).await.unwrap(), [id(2)]);
        drop(tx);
        let mut given = campaign::given_of_open(&scope.read()).await.unwrap();
        given.sort_by_key(|given| given["n"].as_i64());
        assert_eq!(given, [json!({ "n": 2 }), json!({ "n": 3 }), json!({ "n": 4 })]);
        let stranger = db.store.workspace(workspace(2));
        assert!(campaign::given_of_open(&stranger.read()).await.unwrap().is_empty());
        assert!(campaign::running_over(&stranger.write().await.unwrap(), channel(1)).await.unwrap().is_empty());
    }

    async fn lists_are_kept_in_parts(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let entries: Vec<String> = (0..250).map(|number| format!("+97150{number:07}")).collect();
        for given in [&entries[..], &entries[..150]] {
            let tx = scope.write().await.unwrap();
            campaign::put_list(&tx, id(1), given).await.unwrap();
            tx.commit().await.unwrap();
        }
        let read = scope.read();
        let part = async |part| campaign::list_part(&read, id(1), part).await.unwrap().map(|list| list.len());
        assert_eq!((part(0).await, part(1).await, part(2).await), (Some(100), Some(50), None));
        insert(&scope, row(1)).await;
        let tx = scope.write().await.unwrap();
        assert!(campaign::delete(&tx, id(1)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(number(db, "SELECT count(*) FROM campaign_list").await, 0);
    }
}
