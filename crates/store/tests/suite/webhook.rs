//! Webhooks and what is on its way to them: on both databases.

use crate::{NOW, number, on_both, workspace};
use rapport_core::Ms;
use rapport_core::time::DAY;
use rapport_store::testing::execute;
use rapport_store::webhook::delivery::{self, DEAD, DELIVERED, Held, WAITING};
use rapport_store::webhook::{self, ACTIVE, DeliveryRow, ENDED, PAUSED, WebhookRow};
use rapport_store::{Error, Scope};
use serde_json::json;
use uuid::Uuid;

const DELIVERIES: &str = "SELECT count(*) FROM webhook_delivery";

fn hook(scope: &Scope, id: u128, status: &str) -> WebhookRow {
    WebhookRow {
        workspace_id: scope.workspace().0,
        id: Uuid::from_u128(id),
        name: format!("Hook {id}"),
        url: "https://shop.example/hook".to_owned(),
        secret: vec![1, 2, 3],
        secret_until: None,
        events: json!(["message.received"]),
        channels: json!([]),
        status: status.to_owned(),
        reason: None,
        made_by: "user".to_owned(),
        cursor: "0-00000000-0000-0000-0000-000000000000".to_owned(),
        missed_at: None,
        failures: 0,
        failing_since: None,
        tried_at: None,
        error: None,
        delivered_at: None,
        created_at: NOW.0,
        updated_at: NOW.0,
    }
}

fn sent(scope: &Scope, id: u128, key: &str) -> DeliveryRow {
    DeliveryRow {
        workspace_id: scope.workspace().0,
        id: Uuid::from_u128(id),
        webhook_id: Uuid::from_u128(1),
        event_key: key.to_owned(),
        kind: "message.received".to_owned(),
        subject: None,
        body: "{\"text\":\"سلام \u{1f4e6}\"}".to_owned(),
        state: WAITING.to_owned(),
        attempts: 0,
        due_at: NOW.0,
        first_failed_at: None,
        tries: json!([]),
        created_at: NOW.0,
        settled_at: None,
    }
}

async fn keep(scope: &Scope, row: WebhookRow) {
    let tx = scope.write().await.unwrap();
    webhook::insert(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
}

async fn queue(scope: &Scope, rows: Vec<DeliveryRow>) {
    let tx = scope.write().await.unwrap();
    delivery::insert(&tx, rows).await.unwrap();
    tx.commit().await.unwrap();
}

fn ids(rows: &[DeliveryRow]) -> Vec<u128> {
    rows.iter().map(|row| row.id.as_u128()).collect()
}

on_both! {
    async fn a_webhook_is_told_of_an_event_once(db: &TestStore) {
        let (scope, other) = (db.store.workspace(workspace(1)), db.store.workspace(workspace(2)));
        keep(&scope, hook(&scope, 1, ACTIVE)).await;
        queue(&scope, vec![sent(&scope, 10, "a"), sent(&scope, 11, "b")]).await;
        queue(&scope, vec![sent(&scope, 12, "b"), sent(&scope, 13, "c")]).await;
        let read = scope.read();
        let hook_id = Uuid::from_u128(1);
        assert_eq!(ids(&delivery::due(&read, hook_id, NOW, 10).await.unwrap()), [10, 11, 13], "in their order");
        assert_eq!(delivery::due(&read, hook_id, NOW, 10).await.unwrap()[0], sent(&scope, 10, "a"));
        assert!(delivery::due(&read, hook_id, Ms(NOW.0 - 1), 10).await.unwrap().is_empty());
        // Another workspace's are its own, under the same ids too.
        assert!(delivery::due(&other.read(), hook_id, NOW, 10).await.unwrap().is_empty());
        let tx = other.write().await.unwrap();
        assert!(matches!(delivery::insert(&tx, vec![sent(&scope, 14, "d")]).await, Err(Error::Invalid(_))));
        assert!(delivery::get_for_write(&tx, Uuid::from_u128(10)).await.unwrap().is_none());
        tx.rollback().await.unwrap();
        queue(&other, vec![sent(&other, 10, "a")]).await;
        assert_eq!(number(db, DELIVERIES).await, 4);
    }

    async fn more_deliveries_than_a_statement_can_bind(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        keep(&scope, hook(&scope, 1, ACTIVE)).await;
        let many = |first: u128| (first..first + 5_000).map(|id| sent(&scope, id, &(id % 5_000).to_string())).collect();
        queue(&scope, many(10_000)).await;
        assert_eq!(number(db, DELIVERIES).await, 5_000);
        queue(&scope, many(20_000)).await;
        assert_eq!(number(db, DELIVERIES).await, 5_000, "told already, in every piece");
        queue(&scope, Vec::new()).await;
    }

    async fn who_is_tried_again_soon_is_known(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        keep(&scope, hook(&scope, 1, ACTIVE)).await;
        let row = |id: u128, subject: Option<u128>, attempts: i32, due: i64| DeliveryRow {
            subject: subject.map(Uuid::from_u128),
            attempts,
            due_at: NOW.plus(due).0,
            ..sent(&scope, id, &id.to_string())
        };
        queue(&scope, vec![
            row(10, Some(7), 1, 5_000),
            row(11, Some(7), 0, 5_000),
            row(12, Some(7), 2, 1_000),
            row(13, Some(8), 1, 5_000),
            row(14, Some(9), 1, 60_001),
            row(15, None, 1, 5_000),
            row(16, Some(9), 1, 0),
            DeliveryRow { state: DEAD.to_owned(), ..row(17, Some(9), 1, 5_000) },
            DeliveryRow { webhook_id: Uuid::from_u128(2), ..row(18, Some(9), 1, 5_000) },
        ]).await;
        let (read, hook_id, span) = (scope.read(), Uuid::from_u128(1), (NOW, NOW.plus(60_000)));
        let held = |id: u128, due: i64| Held {
            id: Uuid::from_u128(id),
            subject: Uuid::from_u128(7),
            due_at: NOW.plus(due),
        };
        let asked = [7, 9].map(Uuid::from_u128);
        let found = delivery::held(&read, hook_id, &asked, span).await.unwrap();
        assert_eq!(found, [held(10, 5_000), held(12, 1_000)]);
        assert!(delivery::held(&read, hook_id, &[], span).await.unwrap().is_empty());
        let other = db.store.workspace(workspace(2)).read();
        assert!(delivery::held(&other, hook_id, &asked, span).await.unwrap().is_empty());
    }

    async fn who_is_listened_for_and_how_far(db: &TestStore) {
        let (scope, other) = (db.store.workspace(workspace(1)), db.store.workspace(workspace(2)));
        assert!(webhook::listening(&db.store).await.unwrap().is_empty());
        for (id, status) in [(1, ACTIVE), (2, PAUSED), (3, ACTIVE), (4, ENDED)] {
            keep(&scope, hook(&scope, id, status)).await;
        }
        keep(&other, hook(&other, 1, PAUSED)).await;
        assert_eq!(webhook::listening(&db.store).await.unwrap(), [workspace(1)]);
        let tx = scope.write().await.unwrap();
        assert_eq!(webhook::list_for_write(&tx).await.unwrap().len(), 4);
        let told = [1, 3].map(Uuid::from_u128);
        webhook::told(&tx, &told, "7-x", Some(NOW)).await.unwrap();
        webhook::told(&tx, &told[..1], "8-x", None).await.unwrap();
        tx.commit().await.unwrap();
        let rows = webhook::list(&scope.read()).await.unwrap();
        let cursors: Vec<(&str, Option<i64>)> = rows.iter().map(|row| (row.cursor.as_str(), row.missed_at)).collect();
        let begun = "0-00000000-0000-0000-0000-000000000000";
        assert_eq!(cursors, [("8-x", Some(NOW.0)), (begun, None), ("7-x", Some(NOW.0)), (begun, None)]);
        assert_eq!(webhook::get(&other.read(), Uuid::from_u128(1)).await.unwrap().unwrap().cursor, begun);
    }

    async fn deliveries_are_put_off_given_up_and_made_again(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        keep(&scope, hook(&scope, 1, ACTIVE)).await;
        let dead = |id: u128, key: &str| DeliveryRow {
            state: DEAD.to_owned(),
            attempts: 12,
            first_failed_at: Some(NOW.0),
            settled_at: Some(NOW.0),
            ..sent(&scope, id, key)
        };
        let taken = DeliveryRow { state: DELIVERED.to_owned(), settled_at: Some(NOW.0), ..sent(&scope, 12, "c") };
        queue(&scope, vec![sent(&scope, 10, "a"), dead(11, "b"), taken, dead(13, "d"), dead(14, "e")]).await;
        let (read, hook_id) = (scope.read(), Uuid::from_u128(1));
        assert_eq!(delivery::counts(&read).await.unwrap()[&hook_id], (1, 3));
        for (filter, expected) in [
            ((None, None), vec![14, 13, 12, 11, 10]),
            ((Some(DEAD), None), vec![14, 13, 11]),
            ((Some(WAITING), Some("message.received")), vec![10]),
            ((None, Some("tag.added")), vec![]),
        ] {
            assert_eq!(ids(&delivery::page(&read, hook_id, filter, None, 10).await.unwrap()), expected, "{filter:?}");
        }
        let before = Some(Uuid::from_u128(13));
        assert_eq!(ids(&delivery::page(&read, hook_id, (None, None), before, 2).await.unwrap()), [12, 11]);
        let later = NOW.plus(5_000);
        let tx = scope.write().await.unwrap();
        assert_eq!(delivery::waiting(&tx, hook_id).await.unwrap(), 1);
        delivery::put_off(&tx, &[10, 11].map(Uuid::from_u128), later).await.unwrap();
        // The two oldest of those that were given up; then one that was taken.
        assert_eq!(delivery::replay(&tx, hook_id, None, 2, NOW).await.unwrap(), 2);
        assert_eq!(delivery::replay(&tx, hook_id, Some(Uuid::from_u128(12)), 1, NOW).await.unwrap(), 1);
        assert_eq!(delivery::replay(&tx, hook_id, Some(Uuid::from_u128(99)), 1, NOW).await.unwrap(), 0);
        assert_eq!(delivery::replay(&tx, Uuid::from_u128(2), Some(Uuid::from_u128(12)), 1, NOW).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(ids(&delivery::due(&read, hook_id, NOW, 10).await.unwrap()), [11, 12, 13]);
        assert_eq!(delivery::next_due(&read, hook_id).await.unwrap(), Some(NOW));
        let again = delivery::get(&read, hook_id, Uuid::from_u128(11)).await.unwrap().unwrap();
        assert_eq!((again.attempts, again.first_failed_at, again.settled_at), (0, None, None));
        assert_eq!(ids(&delivery::due(&read, hook_id, later, 10).await.unwrap()), [10, 11, 12, 13]);
        assert_eq!(delivery::next_due(&read, Uuid::from_u128(9)).await.unwrap(), None);
    }

    async fn what_has_served_its_time_goes(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        keep(&scope, hook(&scope, 1, ACTIVE)).await;
        keep(&scope, WebhookRow { updated_at: NOW.plus(-40 * DAY).0, ..hook(&scope, 2, ENDED) }).await;
        let old = |id: u128, days: i64, state: &str| DeliveryRow {
            created_at: NOW.plus(-days * DAY).0,
            state: state.to_owned(),
            ..sent(&scope, id, &id.to_string())
        };
        queue(&scope, vec![old(10, 8, DELIVERED), old(11, 6, DELIVERED), old(12, 8, DEAD), old(13, 31, WAITING)]).await;
        queue(&scope, vec![DeliveryRow { webhook_id: Uuid::from_u128(2), ..old(14, 1, DEAD) }]).await;
        let tx = scope.write().await.unwrap();
        let gone = delivery::purge(&tx, NOW.plus(-7 * DAY), NOW.plus(-30 * DAY), 100).await.unwrap();
        webhook::purge_ended(&tx, NOW.plus(-30 * DAY)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(gone, 2);
        assert_eq!(number(db, DELIVERIES).await, 2, "the fresh one that was taken, and the one that was given up");
        assert_eq!(webhook::list(&scope.read()).await.unwrap().len(), 1);
        let tx = scope.write().await.unwrap();
        webhook::delete(&tx, Uuid::from_u128(1)).await.unwrap();
        assert!(matches!(webhook::delete(&tx, Uuid::from_u128(1)).await, Err(Error::NotFound(_))));
        tx.commit().await.unwrap();
        assert_eq!(number(db, DELIVERIES).await, 0, "nothing is left of a webhook");
    }

    async fn a_database_that_exists_gets_the_tables(db: &TestStore) {
        for text in [
            "DROP TABLE webhook",
            "DROP TABLE webhook_delivery",
            "DELETE FROM seaql_migrations WHERE version = 'm0039_webhooks'",
        ] {
            execute(&db.store, text).await.unwrap();
        }
        db.store.migrate().await.unwrap();
        let scope = db.store.workspace(workspace(1));
        keep(&scope, hook(&scope, 1, ACTIVE)).await;
        queue(&scope, vec![sent(&scope, 10, "a"), sent(&scope, 11, "a")]).await;
        assert_eq!(number(db, DELIVERIES).await, 1);
    }
}
