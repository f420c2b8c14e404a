//! Products, stores, orders and parcels: late, twice and in disorder, on both databases.

use super::ingest::{text, turn};
use super::query::id;
use crate::{NOW, on_both, workspace};
use rapport_core::contact::identity::{Identity, IdentityKind};
use rapport_core::{ContactId, Ms};
use rapport_store::shop::{self, Item, OrderRow, Shelf, ShipmentRow};
use rapport_store::{Scope, WriteTx, merge, sync_contact, testing};
use serde_json::{Value, json};

fn item(key: &str, body: Value, at: i64) -> Item {
    Item { key: key.to_owned(), body, stamp: NOW.plus(at) }
}

fn order(number: &str, phone: Option<&str>, at: i64) -> OrderRow {
    OrderRow {
        number: number.to_owned(),
        contact_id: None,
        phone: phone.map(str::to_owned),
        email: None,
        placed_at: NOW.plus(at),
        body: json!({ "status": "paid", "at": at }),
        stamp: NOW.plus(at),
    }
}

async fn write(scope: &Scope) -> WriteTx {
    scope.write().await.unwrap()
}

async fn keep(scope: &Scope, row: &OrderRow) -> bool {
    let tx = write(scope).await;
    let kept = shop::put_order(&tx, row, NOW).await.unwrap();
    tx.commit().await.unwrap();
    kept
}

async fn owner(scope: &Scope, number: &str) -> Option<uuid::Uuid> {
    shop::order(&scope.read(), number).await.unwrap().unwrap().contact_id
}

fn phone(digits: &str) -> Identity {
    Identity::new(IdentityKind::Phone, format!("+{digits}"))
}

on_both! {
    async fn what_is_older_never_stands_in_place_of_what_is_newer(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        for shelf in [Shelf::Products, Shelf::Stores] {
            for (name, at, kept) in [("two", 2, true), ("one", 1, false), ("again", 2, true), ("three", 3, true), ("late", -9, false)] {
                let tx = write(&scope).await;
                assert_eq!(shop::put(&tx, shelf, &item("k", json!({ "name": name }), at), NOW).await.unwrap(), kept, "{name}");
                tx.commit().await.unwrap();
            }
            let found = shop::get(&scope.read(), shelf, "k").await.unwrap().unwrap();
            assert_eq!((found.body["name"].as_str(), found.stamp), (Some("three"), NOW.plus(3)));
        }
        assert!(keep(&scope, &order("1", None, 5)).await);
        assert!(!keep(&scope, &order("1", None, 4)).await);
        assert_eq!(shop::order(&scope.read(), "1").await.unwrap().unwrap().body["at"], 5);
        let parcel = |at| ShipmentRow { number: "1".to_owned(), item: item("p", json!({ "at": at }), at) };
        let tx = write(&scope).await;
        let kept = [2, 1, 3].map(parcel);
        let mut told = Vec::new();
        for row in &kept {
            told.push(shop::put_shipment(&tx, row, NOW).await.unwrap());
        }
        tx.commit().await.unwrap();
        assert_eq!(told, [true, false, true]);
        assert_eq!(shop::shipments(&scope.read(), &["1".to_owned()]).await.unwrap(), [kept[2].clone()]);
    }

    async fn keys_and_texts_are_any(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let keys = ["#1001", "A/B 7", "طلب-٧", "'; DROP TABLE product; --", "%", "🧥"];
        let tx = write(&scope).await;
        for key in keys {
            shop::put(&tx, Shelf::Products, &item(key, json!({ "name": key }), 0), NOW).await.unwrap();
        }
        let known = shop::known(&tx, Shelf::Products, &keys.map(str::to_owned)).await.unwrap();
        assert_eq!((known.len(), shop::count(&tx, Shelf::Products).await.unwrap()), (keys.len(), keys.len() as u64));
        tx.commit().await.unwrap();
        let read = scope.read();
        let mut paged = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = shop::page(&read, Shelf::Products, after.as_deref(), 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            paged.extend(page.into_iter().map(|item| item.key));
        }
        paged.sort();
        let mut all = keys.map(str::to_owned).to_vec();
        all.sort();
        assert_eq!(paged, all);
        assert_eq!(shop::get(&read, Shelf::Products, "#1001").await.unwrap().unwrap().body["name"], "#1001");
        assert!(shop::get(&read, Shelf::Stores, "#1001").await.unwrap().is_none());
    }

    async fn nothing_crosses_workspaces(db: &TestStore) {
        let (one, two) = (db.store.workspace(workspace(1)), db.store.workspace(workspace(2)));
        keep(&one, &order("1", Some("+971500000001"), 0)).await;
        let tx = write(&one).await;
        shop::put(&tx, Shelf::Products, &item("sku", json!({}), 0), NOW).await.unwrap();
        shop::put_shipment(&tx, &ShipmentRow { number: "1".to_owned(), item: item("p", json!({}), 0) }, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let read = two.read();
        assert_eq!(shop::orders(&read, None, None, 9).await.unwrap(), []);
        assert_eq!(shop::order(&read, "1").await.unwrap(), None);
        assert_eq!(shop::shipments(&read, &["1".to_owned()]).await.unwrap(), []);
        assert_eq!(shop::page(&read, Shelf::Products, None, 9).await.unwrap(), []);
        let tx = write(&two).await;
        assert!(!shop::delete(&tx, Shelf::Products, "sku").await.unwrap());
        assert!(!shop::delete_order(&tx, "1").await.unwrap());
        assert!(!shop::delete_shipment(&tx, "1", "p").await.unwrap());
        assert_eq!(shop::known_orders(&tx, &["1".to_owned()]).await.unwrap(), []);
        // The same key over there is another thing, and a customer over there is somebody else.
        assert!(shop::put(&tx, Shelf::Products, &item("sku", json!({ "name": "theirs" }), -5), NOW).await.unwrap());
        let stranger = ContactId(id(1, 7));
        assert!(sync_contact::add_identity(&tx, stranger, &phone("971500000001"), NOW).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(owner(&one, "1").await, None);
        assert_eq!(shop::get(&one.read(), Shelf::Products, "sku").await.unwrap().unwrap().body, json!({}));
        let tx = write(&one).await;
        assert!(shop::delete_order(&tx, "1").await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(shop::shipments(&one.read(), &["1".to_owned()]).await.unwrap(), [], "its parcels went with it");
    }

    async fn orders_wait_for_their_customers(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        keep(&scope, &order("1", Some("+971500000001"), 0)).await;
        keep(&scope, &order("2", Some("+971500000002"), 1)).await;
        keep(&scope, &order("3", None, 2)).await;
        keep(&scope, &OrderRow { email: Some("amal@shop.example".to_owned()), ..order("4", None, 3) }).await;
        // Brazil: customers write with and without the ninth digit.
        keep(&scope, &order("5", Some("+5511987654321"), 4)).await;
        let wrote = [text("m1", "971500000001", "hello", NOW), text("m2", "551187654321", "oi", NOW)];
        turn(&scope, &wrote, NOW).await;
        let amal = owner(&scope, "1").await.expect("joined");
        assert!(owner(&scope, "5").await.is_some(), "in any spelling of the number");
        assert_eq!((owner(&scope, "2").await, owner(&scope, "4").await), (None, None));
        let tx = write(&scope).await;
        let address = Identity::new(IdentityKind::Email, "amal@shop.example");
        assert!(sync_contact::add_identity(&tx, ContactId(amal), &address, NOW).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(owner(&scope, "4").await, Some(amal));
        // Corrected to somebody who is not known yet, it waits again.
        assert!(keep(&scope, &order("1", Some("+971500000009"), 9)).await);
        assert_eq!(owner(&scope, "1").await, None);
        let phoned = OrderRow { contact_id: Some(amal), phone: Some("+971500000001".to_owned()), ..order("1", None, 9) };
        assert!(keep(&scope, &OrderRow { email: Some("amal@shop.example".to_owned()), ..phoned }).await);
        let own = shop::orders(&scope.read(), Some(ContactId(amal)), None, 9).await.unwrap();
        let numbers = |rows: &[OrderRow]| rows.iter().map(|row| row.number.clone()).collect::<Vec<_>>();
        assert_eq!(numbers(&own), ["1", "4"], "newest first");
        // The address was another one's: what came by it goes, what is theirs by their number stays.
        let tx = write(&scope).await;
        assert_eq!(shop::release(&tx, ContactId(amal), "amal@shop.example").await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!((owner(&scope, "1").await, owner(&scope, "4").await), (Some(amal), None));
        let page = shop::orders(&scope.read(), None, None, 2).await.unwrap();
        let after = page.last().map(|row| (row.placed_at.0, row.number.clone()));
        let rest = shop::orders(&scope.read(), None, after, 9).await.unwrap();
        assert_eq!((numbers(&page), numbers(&rest)), (vec!["1".to_owned(), "5".to_owned()], vec!["4".to_owned(), "3".to_owned(), "2".to_owned()]));
    }

    async fn orders_follow_a_contact_that_is_merged(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        turn(&scope, &[text("m1", "971500000001", "hello", NOW)], NOW).await;
        let found = testing::text(&db.store, "SELECT contact_id FROM identity WHERE value = '+971500000001'").await.unwrap();
        let (gone, stays) = (id(1, 99), found.parse().unwrap());
        keep(&scope, &OrderRow { contact_id: Some(gone), ..order("1", None, 1) }).await;
        let tx = write(&scope).await;
        merge::contacts(&tx, ContactId(stays), ContactId(gone), 5, Ms(NOW.0 + 1)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(owner(&scope, "1").await, Some(stays));
    }

    async fn the_place_that_was_shared_last_is_known(db: &TestStore) {
        use rapport_core::inbound::EventKind;
        use rapport_core::message::Content;
        let scope = db.store.workspace(workspace(1));
        let shared = |id: &str, latitude: f64, at: Ms| {
            let mut event = text(id, "971500000001", "", at);
            if let EventKind::Message(message) = &mut event.kind {
                message.content = Content::Location { latitude, longitude: 55.0, name: None, address: None, url: None };
            }
            event
        };
        turn(&scope, &[shared("m1", 24.0, NOW)], NOW).await;
        turn(&scope, &[shared("m2", 25.0, NOW), text("m3", "971500000001", "here", NOW)], NOW.plus(1)).await;
        let found = testing::text(&db.store, "SELECT contact_id FROM identity WHERE value = '+971500000001'").await.unwrap();
        let contact = ContactId(found.parse().unwrap());
        let read = scope.read();
        assert_eq!(shop::shared_place(&read, contact, NOW).await.unwrap(), Some((25.0, 55.0)));
        assert_eq!(shop::shared_place(&read, contact, NOW.plus(2)).await.unwrap(), None);
        assert_eq!(shop::shared_place(&read, ContactId(id(1, 9)), NOW).await.unwrap(), None);
    }
}
