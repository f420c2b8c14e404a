//! Devices that want to be told: whose they are, until when, and what failed.

use crate::{NOW, number, on_both, workspace};
use rapport_core::UserId;
use rapport_core::time::HOUR;
use rapport_store::entity::session::Model as SessionRow;
use rapport_store::push::{self, DeviceRow};
use rapport_store::session;
use serde_json::json;
use uuid::Uuid;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn signed_in(number: u128, user: u128) -> SessionRow {
    SessionRow {
        workspace_id: workspace(1).0,
        id: id(number),
        token_hash: vec![u8::try_from(number).unwrap(); 32],
        user_id: id(user),
        created_at: NOW.0,
        last_seen_at: NOW.0,
        expires_at: NOW.plus(HOUR).0,
        user_agent: "Firefox".to_owned(),
    }
}

fn device(number: u128, user: u128, session: u128) -> DeviceRow {
    DeviceRow {
        workspace_id: workspace(1).0,
        id: id(number),
        user_id: id(user),
        session_id: id(session),
        endpoint_hash: vec![u8::try_from(number).unwrap(); 32],
        secret: vec![1, 2, 3],
        user_agent: "Firefox".to_owned(),
        wants: json!({ "mine": true }),
        created_at: NOW.0,
        used_at: None,
        failed_at: None,
        failure: None,
    }
}

on_both! {
    async fn devices_last_as_long_as_their_sign_in(db: &TestStore) {
        let (scope, stranger) = (db.store.workspace(workspace(1)), db.store.workspace(workspace(2)));
        let tx = scope.write().await.unwrap();
        for (number, user) in [(1, 7), (2, 7), (3, 8)] {
            session::insert(&tx, signed_in(number, user)).await.unwrap();
            push::insert(&tx, device(number + 10, user, number)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let read = scope.read();
        let of = |rows: Vec<DeviceRow>| rows.into_iter().map(|row| row.id.as_u128()).collect::<Vec<_>>();
        assert_eq!(of(push::reachable(&read, None, NOW).await.unwrap()), [11, 12, 13]);
        assert_eq!(of(push::reachable(&read, Some(&[id(8)]), NOW).await.unwrap()), [13]);
        assert_eq!(of(push::of_user(&read, UserId(id(7)), NOW).await.unwrap()), [12, 11]);
        assert!(push::reachable(&read, None, NOW.plus(HOUR)).await.unwrap().is_empty(), "the sign-ins have ended");
        assert!(push::get(&read, id(11), NOW.plus(HOUR)).await.unwrap().is_none());
        assert!(push::any(&read).await.unwrap() && !push::any(&stranger.read()).await.unwrap());
        assert!(push::get(&stranger.read(), id(11), NOW).await.unwrap().is_none());
        let tx = stranger.write().await.unwrap();
        assert!(!push::delete(&tx, id(11)).await.unwrap());
        assert!(push::insert(&tx, device(20, 7, 1)).await.is_err(), "of another workspace");
        tx.rollback().await.unwrap();
        let tx = scope.write().await.unwrap();
        push::follow(&tx, id(1), id(3)).await.unwrap();
        session::delete(&tx, UserId(id(7)), id(1)).await.unwrap();
        session::delete_of_user(&tx, UserId(id(7)), None).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(of(push::reachable(&read, None, NOW).await.unwrap()), [11, 13], "one followed, one went");
        assert_eq!(number(db, "SELECT count(*) FROM push_subscription").await, 2);
    }

    async fn an_address_is_one_device_and_failures_are_forgotten_once_one_arrives(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let tx = scope.write().await.unwrap();
        session::insert(&tx, signed_in(1, 7)).await.unwrap();
        push::insert(&tx, device(11, 7, 1)).await.unwrap();
        tx.commit().await.unwrap();
        let tx = scope.write().await.unwrap();
        let twin = DeviceRow { endpoint_hash: vec![11; 32], ..device(12, 7, 1) };
        assert!(push::insert(&tx, twin).await.unwrap_err().is_conflict());
        tx.rollback().await.unwrap();
        let tx = scope.write().await.unwrap();
        assert_eq!(push::at_for_write(&tx, &[11; 32]).await.unwrap().unwrap().id, id(11));
        assert_eq!(push::of_user_for_write(&tx, UserId(id(7))).await.unwrap().len(), 1);
        push::failed(&tx, id(11), NOW, "the push service answered 503").await.unwrap();
        tx.commit().await.unwrap();
        let known = push::get(&scope.read(), id(11), NOW).await.unwrap().unwrap();
        assert_eq!((known.failed_at, known.failure.as_deref()), (Some(NOW.0), Some("the push service answered 503")));
        let tx = scope.write().await.unwrap();
        push::used(&tx, id(11), NOW.plus(1)).await.unwrap();
        tx.commit().await.unwrap();
        let known = push::get(&scope.read(), id(11), NOW).await.unwrap().unwrap();
        assert_eq!((known.used_at, known.failed_at, known.failure), (Some(NOW.0 + 1), None, None));
    }
}
