//! Contacts that may be the same person: filed, found, remembered, made one and parted again, on both databases.

use super::ingest::{text, turn};
use crate::{NOW, channel, on_both, workspace};
use rapport_core::ContactId;
use rapport_core::contact::likeness::filed;
use rapport_store::likeness::{self, Found, pair};
use rapport_store::testing::number;
use rapport_store::unmerge::{self, MergeRow};
use rapport_store::{Scope, conversation, merge};
use serde_json::json;
use std::collections::BTreeSet;

async fn one(scope: &Scope, sql: &str) -> ContactId {
    ContactId(rapport_store::testing::text(scope.store(), sql).await.unwrap().parse().unwrap())
}

async fn who(scope: &Scope, digits: &str) -> ContactId {
    one(scope, &format!("SELECT contact_id FROM identity WHERE kind = 'wa_id' AND value = '{digits}'")).await
}

/// Two customers who wrote on one channel.
async fn two(db: &rapport_store::testing::TestStore) -> (Scope, ContactId, ContactId) {
    let scope = db.store.workspace(workspace(1));
    turn(&scope, &[text("a1", "971500000001", "hello", NOW)], NOW).await;
    let later = NOW.plus(1_000);
    turn(&scope, &[text("b1", "971500000002", "hello too", later)], later).await;
    let (keep, gone) = (who(&scope, "971500000001").await, who(&scope, "971500000002").await);
    (scope, keep, gone)
}

fn found(a: ContactId, b: ContactId, score: u8) -> Found {
    Found { pair: pair(a, b), score, reasons: json!([{ "kind": "name", "value": score }]) }
}

async fn note(scope: &Scope, looked: &[ContactId], found: Vec<Found>) {
    let tx = scope.write().await.unwrap();
    likeness::note(&tx, &looked.iter().copied().collect(), found, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn whoever_shares_a_key_is_found_and_not_more_than_asked_for(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let other = db.store.workspace(workspace(2));
        let people: Vec<ContactId> = (1..=30).map(|n| ContactId(uuid::Uuid::from_u128(n))).collect();
        let keys = |names: &[&str]| names.iter().map(|name| filed(name)).collect::<BTreeSet<i64>>();
        let rows: Vec<(ContactId, BTreeSet<i64>)> = people.iter().map(|id| (*id, keys(&["common"]))).collect();
        for scope in [&scope, &other] {
            let tx = scope.write().await.unwrap();
            likeness::file(&tx, &rows).await.unwrap();
            tx.commit().await.unwrap();
        }
        let tx = scope.write().await.unwrap();
        likeness::file(&tx, &[(people[0], keys(&["rare", "common"])), (people[1], keys(&["rare"])), (people[2], keys(&[]))]).await.unwrap();
        tx.commit().await.unwrap();
        let read = scope.read();
        let hits = likeness::beside(&read, &keys(&["rare", "common", "nobody"]), 5).await.unwrap();
        let under = |name: &str| hits.iter().filter(|(place, _)| *place == filed(name)).map(|(_, id)| *id).collect::<Vec<_>>();
        assert_eq!(under("common").len(), 5);
        assert_eq!(under("rare"), [people[1], people[0]]);
        let known = likeness::filed(&read, &people.iter().copied().collect()).await.unwrap();
        assert_eq!(known[&people[0].0], keys(&["rare", "common"]));
        assert!(!known.contains_key(&people[2].0));
        assert!(likeness::beside(&read, &BTreeSet::new(), 5).await.unwrap().is_empty());
    }

    async fn what_somebody_said_is_remembered(db: &TestStore) {
        let (scope, a, b) = two(db).await;
        turn(&scope, &[text("c1", "971500000003", "and me", NOW)], NOW).await;
        let c = who(&scope, "971500000003").await;
        note(&scope, &[a, b, c], vec![found(a, b, 90), found(b, a, 90), found(a, c, 50)]).await;
        let read = scope.read();
        assert_eq!(likeness::count(&read).await.unwrap(), 2);
        let first = likeness::open(&read, None, 1).await.unwrap().remove(0);
        assert_eq!((first.score, pair(a, b).0.0), (90, first.one));
        let rest = likeness::open(&read, Some((first.score, first.one, first.other)), 5).await.unwrap();
        assert_eq!(rest.iter().map(|row| row.score).collect::<Vec<_>>(), [50]);
        assert!(likeness::open(&db.store.workspace(workspace(2)).read(), None, 5).await.unwrap().is_empty());

        let tx = scope.write().await.unwrap();
        assert!(likeness::part(&tx, pair(a, b), ("user", None), NOW).await.unwrap());
        assert!(!likeness::part(&tx, pair(a, b), ("user", None), NOW).await.unwrap(), "once");
        tx.commit().await.unwrap();
        // Found again it stays apart; what is not found any more goes.
        note(&scope, &[a], vec![found(a, b, 95)]).await;
        assert_eq!(likeness::count(&read).await.unwrap(), 0);
        assert_eq!(likeness::get(&read, pair(a, b)).await.unwrap().unwrap().state, likeness::APART);
        let tx = scope.write().await.unwrap();
        assert!(likeness::again(&tx, pair(a, b), NOW).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(likeness::of_contact(&read, b, 5).await.unwrap().len(), 1);
    }

    async fn what_went_goes_back(db: &TestStore) {
        let (scope, keep, gone) = two(db).await;
        note(&scope, &[keep, gone], vec![found(keep, gone, 80)]).await;
        let of = async |contact: ContactId| {
            let found = rapport_store::query::person::conversation(&scope.read(), contact, channel(1)).await.unwrap();
            found.unwrap().id
        };
        let (into, id) = (of(keep).await, of(gone).await);
        let tx = scope.write().await.unwrap();
        let joined = merge::join_conversation(&tx, into, id).await.unwrap();
        assert_eq!((joined.id, joined.into, joined.messages.len()), (id.0, into.0, 1));
        let mut moved = merge::contacts(&tx, keep, gone, 3, NOW).await.unwrap();
        moved.joined.push(joined);
        let row = MergeRow {
            workspace_id: workspace(1).0,
            id: tx.new_id(NOW),
            keep_id: keep.0,
            gone_id: gone.0,
            kept: json!({}),
            moved: serde_json::to_value(&moved).unwrap(),
            actor_kind: "user".to_owned(),
            actor_id: None,
            at: NOW.0,
            undone_at: None,
        };
        unmerge::put(&tx, row.clone(), NOW.plus(-1)).await.unwrap();
        tx.commit().await.unwrap();
        let read = scope.read();
        assert_eq!(likeness::count(&read).await.unwrap(), 0, "nothing waits about who is gone");
        assert_eq!(who(&scope, "971500000002").await, keep);
        assert_eq!(conversation::get(&read, id).await.unwrap().unwrap().id, into.0, "the old id leads on");
        assert_eq!(unmerge::of_contact(&read, keep, NOW, 5).await.unwrap().len(), 1);
        assert_eq!(number(&db.store, "SELECT count(*) FROM message WHERE direction = 'in'").await.unwrap(), 2);

        let stored = unmerge::get(&read, row.id).await.unwrap().unwrap();
        let tx = scope.write().await.unwrap();
        let moved = serde_json::from_value(stored.moved).unwrap();
        let talks = unmerge::part(&tx, (keep, gone, 5), &moved, "still two", (NOW, NOW)).await.unwrap();
        tx.commit().await.unwrap();
        let [back] = talks.as_slice() else { panic!("{talks:?}") };
        assert_eq!((back.into, back.id, back.rest.heard, back.theirs.heard), (into, id, 1, 1));
        assert_eq!(who(&scope, "971500000002").await, gone);
        let own = "SELECT count(DISTINCT contact_id) FROM message WHERE direction = 'in'";
        assert_eq!(number(&db.store, own).await.unwrap(), 2, "each has their own line");
        assert!(unmerge::row(&read, gone).await.unwrap().unwrap().merged_into.is_none());
    }
}
