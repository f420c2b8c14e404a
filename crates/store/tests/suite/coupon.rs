//! Codes for customers: each once, in the order in which they were added, on both databases.

use super::query::id;
use crate::{NOW, on_both, workspace};
use rapport_core::{ContactId, Ms};
use rapport_store::Scope;
use rapport_store::coupon::{self, Counts, CouponRow, Filter, PoolRow};
use uuid::Uuid;

fn pool_row(scope: &Scope, n: u128, name: &str) -> PoolRow {
    PoolRow {
        workspace_id: scope.workspace().0,
        id: id(9, n),
        name: name.to_owned(),
        kind: "percent".to_owned(),
        value: "10".to_owned(),
        currency: None,
        active: true,
        valid_from: None,
        valid_to: None,
        valid_days: None,
        per_contact: 1,
        created_at: NOW.0,
        updated_at: NOW.0,
    }
}

async fn pool(scope: &Scope, n: u128, name: &str, codes: &[&str]) -> (Uuid, u64) {
    let tx = scope.write().await.unwrap();
    let row = pool_row(scope, n, name);
    let pool = row.id;
    coupon::insert_pool(&tx, row).await.unwrap();
    let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    let added = coupon::add(&tx, pool, &codes, NOW).await.unwrap();
    tx.commit().await.unwrap();
    (pool, added)
}

/// Gives the next code, as the use case does.
async fn give(scope: &Scope, pool: Uuid, contact: u128, key: &str, until: Option<Ms>) -> Option<String> {
    let tx = scope.write().await.unwrap();
    coupon::pool_for_write(&tx, pool).await.unwrap().unwrap();
    if let Some(given) = coupon::given(&tx, key).await.unwrap() {
        return Some(given.code);
    }
    let free = coupon::next_free(&tx, pool).await.unwrap()?;
    let row = CouponRow {
        contact_id: Some(id(1, contact)),
        run_id: Some(id(2, contact)),
        issue_key: Some(key.to_owned()),
        issued_at: Some(NOW.0),
        valid_until: until.map(|until| until.0),
        ..free
    };
    coupon::update(&tx, row.clone()).await.unwrap();
    tx.commit().await.unwrap();
    Some(row.code)
}

on_both! {
    async fn codes_are_given_in_their_order_each_once(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let (first, added) = pool(&scope, 1, "ten", &["C", "A", "B", "A"]).await;
        assert_eq!(added, 3, "a code is there once");
        let (second, added) = pool(&scope, 2, "fifteen", &["A", "D"]).await;
        assert_eq!(added, 1, "also over pools");
        assert_eq!(coupon::codes(&scope.read(), first).await.unwrap(), ["C", "A", "B"]);
        assert_eq!(give(&scope, first, 1, "run:1", None).await.as_deref(), Some("C"));
        assert_eq!(give(&scope, first, 1, "run:1", None).await.as_deref(), Some("C"), "a repeat gives the same");
        assert_eq!(give(&scope, first, 2, "run:2", Some(NOW.plus(5))).await.as_deref(), Some("A"));
        assert_eq!(give(&scope, first, 3, "run:3", None).await.as_deref(), Some("B"));
        assert_eq!(give(&scope, first, 4, "run:4", None).await, None, "none is left");
        assert_eq!(give(&scope, second, 1, "run:5", None).await.as_deref(), Some("D"));
        let tx = scope.write().await.unwrap();
        assert_eq!(coupon::had(&tx, first, ContactId(id(1, 1))).await.unwrap(), 1);
        assert_eq!((coupon::size(&tx, first).await.unwrap(), coupon::is_used(&tx, first).await.unwrap()), (3, true));
        let codes = ["B", "B", "nobody's"].map(str::to_owned);
        assert_eq!(coupon::redeem(&tx, &codes, Some("10482"), NOW).await.unwrap(), 1);
        assert_eq!(coupon::redeem(&tx, &codes, Some("10483"), NOW).await.unwrap(), 0, "the first order stays");
        assert_eq!(coupon::by_code(&tx, "B").await.unwrap().unwrap().order_number.as_deref(), Some("10482"));
        tx.commit().await.unwrap();
        let at = |after: i64| {
            let read = scope.read();
            async move { coupon::counts(&read, NOW.plus(after)).await.unwrap()[&first] }
        };
        assert_eq!(at(0).await, Counts { total: 3, free: 0, issued: 2, redeemed: 1, expired: 0 });
        assert_eq!(at(5).await, Counts { total: 3, free: 0, issued: 1, redeemed: 1, expired: 1 });
        let read = scope.read();
        let told = |contact: u128, run: Option<u128>, after: i64| {
            let read = &read;
            async move {
                let contact = ContactId(id(1, contact));
                let row = match run {
                    Some(run) => coupon::of_run(read, contact, id(2, run)).await.unwrap(),
                    None => coupon::good(read, contact, NOW.plus(after)).await.unwrap(),
                };
                row.map(|row| row.code)
            }
        };
        assert_eq!(told(2, None, 0).await.as_deref(), Some("A"));
        assert_eq!(told(2, None, 5).await, None, "it is not good any more");
        assert_eq!(told(2, Some(2), 5).await.as_deref(), Some("A"));
        assert_eq!(told(3, None, 0).await, None, "it was used");
        assert_eq!(told(1, Some(2), 0).await, None, "another customer's run");
    }

    async fn pages_pools_and_workspaces_keep_apart(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let (pool, _) = pool(&scope, 1, "ten", &["AAA", "BBB", "CCC"]).await;
        give(&scope, pool, 1, "run:1", None).await;
        let read = scope.read();
        let codes = |filter: Filter, before: Option<Uuid>| {
            let read = &read;
            async move {
                let rows = coupon::page(read, &filter, before, 2).await.unwrap();
                (rows.iter().map(|row| row.code.clone()).collect::<Vec<_>>(), rows.last().map(|row| row.id))
            }
        };
        let (first, last) = codes(Filter { pool: Some(pool), ..Filter::default() }, None).await;
        assert_eq!(first, ["CCC", "BBB"]);
        assert_eq!(codes(Filter::default(), last).await.0, ["AAA"]);
        assert_eq!(codes(Filter { used: true, ..Filter::default() }, None).await.0, ["AAA"]);
        assert_eq!(codes(Filter { contact: Some(ContactId(id(1, 2))), ..Filter::default() }, None).await.0, [""; 0]);
        let other = db.store.workspace(workspace(2));
        assert!(coupon::pools(&other.read()).await.unwrap().is_empty());
        let tx = other.write().await.unwrap();
        assert!(coupon::by_code(&tx, "AAA").await.unwrap().is_none());
        assert_eq!(coupon::redeem(&tx, &["AAA".to_owned()], None, NOW).await.unwrap(), 0);
        assert!(coupon::delete_pool(&tx, pool).await.is_err());
        tx.rollback().await.unwrap();
        let tx = scope.write().await.unwrap();
        assert!(coupon::insert_pool(&tx, pool_row(&scope, 2, "ten")).await.unwrap_err().is_conflict());
        tx.rollback().await.unwrap();
        let tx = scope.write().await.unwrap();
        assert!(coupon::pool_named(&tx, "ten").await.unwrap().is_some());
        coupon::delete_pool(&tx, pool).await.unwrap();
        tx.commit().await.unwrap();
        assert!(coupon::codes(&scope.read(), pool).await.unwrap().is_empty());
    }
}
