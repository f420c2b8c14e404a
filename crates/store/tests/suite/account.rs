//! The account's timeline, and whom the business blocked.

use super::{NOW, channel, on_both, workspace};
use rapport_core::ContactId;
use rapport_core::time::MINUTE;
use rapport_store::account_event::{self, AccountEventRow};
use rapport_store::block::{self, BlockRow};
use rapport_store::merge;
use serde_json::json;
use uuid::Uuid;

fn contact(number: u128) -> ContactId {
    ContactId(Uuid::from_u128(number))
}

fn row(contact: ContactId, on: u128) -> BlockRow {
    BlockRow { workspace_id: workspace(1).0, contact_id: contact.0, channel_id: channel(on).0, at: NOW.0, by_id: None }
}

on_both! {
    async fn a_timeline_is_paged_newest_first(db: &TestStore) {
        for (place, on, minute) in [(1, 1, 0), (1, 1, 1), (1, 2, 2), (2, 1, 3)] {
            let at = NOW.plus(minute * MINUTE);
            let tx = db.store.workspace(workspace(place)).write().await.unwrap();
            let event = AccountEventRow {
                workspace_id: workspace(place).0,
                id: tx.new_id(at),
                channel_id: channel(on).0,
                at: at.0,
                kind: "alert".to_owned(),
                severity: "info".to_owned(),
                advice: String::new(),
                summary: format!("at {minute}"),
                detail: json!({ "detail": "x" }),
            };
            account_event::insert(&tx, event).await.unwrap();
            tx.commit().await.unwrap();
        }
        let read = db.store.workspace(workspace(1)).read();
        let first = account_event::page(&read, channel(1), None, 1).await.unwrap();
        assert_eq!(first[0].summary, "at 1");
        let second = account_event::page(&read, channel(1), Some(first[0].id), 5).await.unwrap();
        let told: Vec<&str> = second.iter().map(|row| row.summary.as_str()).collect();
        assert_eq!(told, ["at 0"], "neither another channel's nor another workspace's");
        let recent = account_event::since(&read, channel(1), NOW.plus(MINUTE), 5).await.unwrap();
        assert_eq!((recent.len(), &recent[0].detail), (1, &json!({ "detail": "x" })));
    }

    async fn blocks_follow_a_merged_contact(db: &TestStore) {
        let (keep, gone) = (contact(1), contact(2));
        let tx = db.store.workspace(workspace(1)).write().await.unwrap();
        for block in [row(keep, 1), row(keep, 1), row(gone, 1), row(gone, 2)] {
            block::insert(&tx, block).await.unwrap();
        }
        merge::contacts(&tx, keep, gone, 3, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let read = db.store.workspace(workspace(1)).read();
        let mut on: Vec<Uuid> =
            block::of_contacts(&read, &[keep.0, gone.0]).await.unwrap().iter().map(|row| row.channel_id).collect();
        on.sort_unstable();
        assert_eq!(on, [channel(1).0, channel(2).0]);
        let elsewhere = db.store.workspace(workspace(2)).read();
        assert!(!block::is_blocked(&elsewhere, keep, channel(1)).await.unwrap());
        let tx = db.store.workspace(workspace(1)).write().await.unwrap();
        block::delete(&tx, keep, channel(1)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!block::is_blocked(&read, keep, channel(1)).await.unwrap());
        assert!(block::is_blocked(&read, keep, channel(2)).await.unwrap());
    }
}
