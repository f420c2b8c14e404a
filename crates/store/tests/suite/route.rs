//! Standby routes, and messages that go over another channel than their own.

use super::{NOW, channel, number, on_both, workspace};
use rapport_core::time::MINUTE;
use rapport_core::{ContactId, MessageId, WorkspaceId};
use rapport_store::channel::ChannelRow;
use rapport_store::route::{self, RouteRow};
use rapport_store::send::{self, Berth, NewSend, Priority};
use rapport_store::testing::TestStore;
use rapport_store::{Error, testing};
use serde_json::json;
use uuid::Uuid;

fn row(place: u128, on: u128, standby: Option<u128>) -> RouteRow {
    RouteRow {
        workspace_id: workspace(place).0,
        channel_id: channel(on).0,
        standby_id: standby.map(|standby| channel(standby).0),
        slow_ms: 1_500,
        every_ms: 60 * MINUTE,
        soon_ms: MINUTE,
        active: "primary".to_owned(),
        state: json!({}),
        revision: 0,
        updated_at: NOW.0,
    }
}

fn number_of(place: u128, on: u128, portfolio: &str) -> ChannelRow {
    ChannelRow {
        workspace_id: workspace(place).0,
        id: channel(on).0,
        kind: "whatsapp".to_owned(),
        provider: "meta".to_owned(),
        name: format!("Number {on}"),
        phone_number_id: format!("10{on}"),
        waba_id: portfolio.to_owned(),
        portfolio_key: portfolio.to_owned(),
        display_phone: String::new(),
        base_url: "https://graph.example".to_owned(),
        secret: Vec::new(),
        status: "active".to_owned(),
        status_reason: None,
        quality: "GREEN".to_owned(),
        tier_limit: None,
        throughput: 80,
        daily_limit: None,
        last_event_at: None,
        last_error: None,
        token_set_at: NOW.0,
        settings: json!({}),
        created_at: NOW.0,
        updated_at: NOW.0,
    }
}

async fn put(db: &TestStore, place: WorkspaceId, row: RouteRow) -> Result<RouteRow, Error> {
    let tx = db.store.workspace(place).write().await.unwrap();
    let written = route::put(&tx, row).await?;
    tx.commit().await.unwrap();
    Ok(written)
}

async fn channels(db: &TestStore, portfolios: &[(u128, u128, &str)]) {
    for (place, on, portfolio) in portfolios {
        let tx = db.store.workspace(workspace(*place)).write().await.unwrap();
        rapport_store::channel::insert(&tx, number_of(*place, *on, portfolio)).await.unwrap();
        tx.commit().await.unwrap();
    }
}

on_both! {
    async fn a_route_is_written_on_top_of_what_was_read(db: &TestStore) {
        let first = put(db, workspace(1), row(1, 1, Some(2))).await.unwrap();
        assert_eq!(first.revision, 1);
        let second = put(db, workspace(1), RouteRow { active: "standby".to_owned(), ..first.clone() }).await.unwrap();
        assert_eq!(second.revision, 2);
        let late = put(db, workspace(1), RouteRow { slow_ms: 9_000, ..first }).await;
        assert!(matches!(late, Err(Error::Stale(_))), "somebody decided in the meantime");
        let again = put(db, workspace(1), row(1, 1, None)).await;
        assert!(matches!(again, Err(Error::Stale(_))), "it is there already");
        assert!(put(db, workspace(2), row(1, 1, None)).await.is_err(), "another workspace's");
        let read = db.store.workspace(workspace(1)).read();
        assert_eq!(route::get(&read, channel(1)).await.unwrap(), Some(second));
        let elsewhere = db.store.workspace(workspace(2)).read();
        assert_eq!(route::get(&elsewhere, channel(1)).await.unwrap(), None);
    }

    async fn the_owner_of_a_lane_finds_its_routes(db: &TestStore) {
        channels(db, &[(1, 1, "one"), (1, 2, "two"), (2, 3, "one"), (2, 4, "one")]).await;
        for (place, on, standby) in [(1, 1, Some(2)), (1, 2, Some(1)), (2, 3, Some(4)), (2, 4, None)] {
            put(db, workspace(place), row(place, on, standby)).await.unwrap();
        }
        let found = route::of_portfolio(&db.store, "one").await.unwrap();
        let ids: Vec<Uuid> = found.iter().map(|row| row.channel_id).collect();
        assert_eq!(ids, [channel(1).0, channel(3).0], "those with a standby, of all workspaces");
        let read = db.store.workspace(workspace(2)).read();
        assert_eq!(route::list(&read).await.unwrap().len(), 1);
    }

    async fn only_what_is_queued_is_carried(db: &TestStore) {
        let lane = "INSERT INTO send_lane (portfolio_key, owner, epoch, lease_until) VALUES ('one', NULL, 0, 0)";
        testing::execute(&db.store, lane).await.unwrap();
        let scope = db.store.workspace(workspace(1));
        let messages: Vec<MessageId> = (1..=3).map(|n| MessageId(Uuid::from_u128(n))).collect();
        let tx = scope.write().await.unwrap();
        let sends: Vec<NewSend> = messages
            .iter()
            .map(|message| NewSend {
                message: *message,
                channel: channel(1),
                contact: ContactId(Uuid::from_u128(9)),
                portfolio_key: "one".to_owned(),
                priority: Priority::Reply,
                run_at: NOW,
            })
            .collect();
        send::enqueue(&tx, &sends, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let tx = scope.write().await.unwrap();
        let started = send::start(&tx, &messages[..2], 1, NOW).await.unwrap();
        let lost = started.iter().find(|started| started.message == messages[1]).unwrap();
        send::finish(&tx, *lost, &send::Verdict::Unknown { detail: "cut".to_owned() }, NOW).await.unwrap();
        let over = Berth { channel: channel(2), portfolio_key: "two".to_owned(), home: Some(channel(1)), run_at: NOW };
        let mut carried = Vec::new();
        for message in &messages {
            carried.push(send::carry(&tx, *message, &over).await.unwrap());
        }
        assert_eq!(carried, [false, false, true], "neither in flight nor unknown");
        tx.commit().await.unwrap();
        let due = db.store.send_queue().due(&["two".to_owned()], NOW, 10, &[]).await.unwrap();
        assert_eq!((due.len(), due[0].channel, due[0].home), (1, channel(2), Some(channel(1))));
        let tx = scope.write().await.unwrap();
        send::start(&tx, &messages[2..], 1, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let home = "SELECT count(*) FROM message_attempt WHERE channel_id IN (SELECT home_channel_id FROM send_queue)";
        assert_eq!(number(db, home).await, 2, "each try says which channel it went over");
        assert_eq!(number(db, "SELECT count(*) FROM message_attempt").await, 3);
    }
}
