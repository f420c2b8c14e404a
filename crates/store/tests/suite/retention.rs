//! Files by age and by content, uses of templates: counted and kept apart by workspace.

use crate::{NOW, channel, on_both, workspace};
use rapport_core::time::DAY;
use rapport_core::{ContactId, MediaId, MessageId};
use rapport_store::media::{self, NewMedia, Stored, Volume};
use rapport_store::send::{self, NewSend, Priority};
use rapport_store::template_use::{self, Named};
use rapport_store::{Scope, quick_reply, template};
use uuid::Uuid;

fn id(number: u128) -> MediaId {
    MediaId(Uuid::from_u128(0x0190_0000_0000_7000_b000_0000_0000_0000 + number))
}

async fn file(scope: &Scope, number: u128, sha256: &str, days_ago: i64) {
    let new = NewMedia {
        id: id(number),
        kind: "image".to_owned(),
        mime: "image/png".to_owned(),
        filename: None,
        sha256: None,
        provider_media_id: None,
        channel_id: Some(channel(1)),
        message_id: None,
    };
    let stored = Stored::Here { sha256: sha256.to_owned(), mime: "image/png".to_owned(), size: 10 };
    let tx = scope.write().await.unwrap();
    media::insert(&tx, &[new], NOW.plus(-days_ago * DAY)).await.unwrap();
    media::note(&tx, id(number), &stored).await.unwrap();
    tx.commit().await.unwrap();
}

async fn retire(scope: &Scope, limit: u64) -> u64 {
    let tx = scope.write().await.unwrap();
    let count = media::retire(&tx, NOW.plus(-30 * DAY), 30, limit).await.unwrap();
    tx.commit().await.unwrap();
    count
}

on_both! {
    async fn files_are_retired_by_their_last_use(db: &TestStore) {
        let (own, other) = (db.store.workspace(workspace(1)), db.store.workspace(workspace(2)));
        for (number, sha256, days) in [(1, "aa", 40), (2, "bb", 40), (3, "aa", 10), (4, "cc", 50)] {
            file(&own, number, sha256, days).await;
        }
        file(&other, 5, "bb", 60).await;
        let tx = own.write().await.unwrap();
        media::used(&tx, &[id(4)], NOW.plus(-DAY)).await.unwrap();
        media::used(&tx, &[], NOW).await.unwrap();
        // What was noted for a later moment stays noted for it.
        media::used(&tx, &[id(4)], NOW.plus(-45 * DAY)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(media::volume(&own.read(), None).await.unwrap(), Volume { files: 4, bytes: 40 });
        let due = media::volume(&own.read(), Some(NOW.plus(-30 * DAY))).await.unwrap();
        assert_eq!(due, Volume { files: 2, bytes: 20 });
        assert_eq!((retire(&own, 1).await, retire(&own, 10).await, retire(&own, 10).await), (1, 1, 0));
        let gone = media::get(&own.read(), id(1)).await.unwrap().unwrap();
        assert_eq!((gone.state.as_str(), gone.kept_days), ("deleted", Some(30)));
        let mut doomed = media::doomed(&own.read(), 10).await.unwrap();
        doomed.sort_unstable();
        assert_eq!(doomed, ["aa", "bb"]);
        assert!(media::doomed(&other.read(), 10).await.unwrap().is_empty());
        // One is needed by a newer file, the other by another workspace.
        assert!(media::is_needed(&db.store, "aa").await.unwrap());
        assert!(media::is_needed(&db.store, "bb").await.unwrap());
        assert_eq!(retire(&other, 10).await, 1);
        assert!(!media::is_needed(&db.store, "bb").await.unwrap());
        let tx = own.write().await.unwrap();
        media::forget_content(&tx, "bb").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(media::doomed(&own.read(), 10).await.unwrap(), ["aa"]);
        assert_eq!(media::doomed(&other.read(), 10).await.unwrap(), ["bb"]);
        let kept = media::get(&own.read(), id(3)).await.unwrap().unwrap();
        assert_eq!((kept.state.as_str(), kept.sha256.as_deref()), ("stored", Some("aa")));
    }

    async fn files_of_quick_replies_stay(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        file(&scope, 1, "aa", 40).await;
        file(&scope, 2, "bb", 40).await;
        let reply = quick_reply::QuickReplyRow {
            workspace_id: workspace(1).0,
            id: Uuid::from_u128(7),
            shortcut: "offer".to_owned(),
            title: "Offer".to_owned(),
            bodies: serde_json::json!({ "en": "Our offer" }),
            audience: "shared".to_owned(),
            owner_id: None,
            created_by: None,
            created_at: NOW.0,
            updated_at: NOW.0,
        };
        let tx = scope.write().await.unwrap();
        quick_reply::insert(&tx, reply.clone()).await.unwrap();
        quick_reply::put_files(&tx, reply.id, &[id(2).0, id(1).0]).await.unwrap();
        tx.commit().await.unwrap();
        let files = quick_reply::files(&scope.read(), None).await.unwrap();
        assert_eq!(files[&reply.id].iter().map(|row| row.id).collect::<Vec<_>>(), [id(2).0, id(1).0]);
        assert!(quick_reply::files(&db.store.workspace(workspace(2)).read(), None).await.unwrap().is_empty());
        assert_eq!(retire(&scope, 10).await, 0, "they are needed");
        let tx = scope.write().await.unwrap();
        quick_reply::put_files(&tx, reply.id, &[id(1).0]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(retire(&scope, 10).await, 1);
        let tx = scope.write().await.unwrap();
        quick_reply::delete(&tx, reply.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(retire(&scope, 10).await, 1, "nobody needs it any more");
    }

    async fn uses_of_templates_are_counted(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let named = |name: &str| Named { waba_id: "200".to_owned(), name: name.to_owned(), language: "en".to_owned() };
        let message = |number: u128| MessageId(Uuid::from_u128(number));
        let tx = scope.write().await.unwrap();
        for (number, name, days) in [(1, "sale", 1), (2, "sale", 2), (3, "old", 40), (4, "late", 40)] {
            template_use::note(&tx, message(number), &named(name), NOW.plus(-days * DAY)).await.unwrap();
        }
        let waits = NewSend {
            message: message(4),
            channel: channel(1),
            contact: ContactId(Uuid::from_u128(9)),
            portfolio_key: "200".to_owned(),
            priority: Priority::Service,
            run_at: NOW,
        };
        send::enqueue(&tx, &[waits], NOW).await.unwrap();
        tx.commit().await.unwrap();
        let uses = template_use::since(&scope.read(), NOW.plus(-30 * DAY)).await.unwrap();
        assert_eq!(uses.len(), 2, "{uses:?}");
        let sale = uses[&named("sale")];
        assert_eq!((sale.made, sale.last_at, sale.waiting), (2, Some(NOW.plus(-DAY)), 0));
        assert_eq!((uses[&named("late")].made, uses[&named("late")].waiting), (0, 1), "however old, it waits");
        let stranger = db.store.workspace(workspace(2));
        assert!(template_use::since(&stranger.read(), NOW.plus(-90 * DAY)).await.unwrap().is_empty());
    }

    async fn what_fills_the_blanks_outlives_a_reading(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let row = crate::template::row(1, "en");
        let tx = scope.write().await.unwrap();
        template::upsert(&tx, vec![row.clone()]).await.unwrap();
        let fillings = serde_json::json!({ "body.1": { "source": "first_name", "fallback": "there" } });
        template::set_fillings(&tx, row.id, fillings.clone()).await.unwrap();
        let read_again = template::TemplateRow { ttl_seconds: Some(3_600), ..crate::template::row(2, "en") };
        template::upsert(&tx, vec![read_again]).await.unwrap();
        tx.commit().await.unwrap();
        let kept = template::get(&scope.read(), row.id).await.unwrap().unwrap();
        assert_eq!((kept.fillings, kept.ttl_seconds), (Some(fillings), Some(3_600)));
        let stranger = db.store.workspace(workspace(2));
        let tx = stranger.write().await.unwrap();
        assert!(template::set_fillings(&tx, row.id, serde_json::json!({})).await.is_err());
        drop(tx);
    }
}
