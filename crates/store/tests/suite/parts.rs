//! Threads that are split and merged: what belongs to lines goes with them, and old ids lead on.

use super::cost::{answered, price, report};
use super::ingest::{text, turn};
use super::matter::made_in;
use super::watch::bulk_row;
use super::{NOW, channel, on_both, workspace};
use rapport_core::inbox::{Change, ConversationState, ConversationStatus};
use rapport_core::message::Status;
use rapport_core::time::MINUTE;
use rapport_core::{ContactId, ConversationId, MessageId, UserId};
use rapport_store::bulk::{self, BulkRow};
use rapport_store::closing::{self, ClosingRow};
use rapport_store::query::thread;
use rapport_store::testing::execute;
use rapport_store::watch::{self, News};
use rapport_store::{Scope, conversation, cost, ingest, matter, merge, split};
use uuid::Uuid;

async fn message(scope: &Scope, preview: &str) -> MessageId {
    let sql = format!("SELECT id FROM message WHERE provider_id = '{preview}'");
    MessageId(rapport_store::testing::text(scope.store(), &sql).await.unwrap().parse().unwrap())
}

/// A customer wrote `m1`, was answered with `w0` and `w1`, which arrived, and wrote `m2` a minute later.
async fn told(scope: &Scope) -> (ContactId, ConversationId) {
    let known = answered(scope, 2).await;
    let events = ["w0", "w1"].map(|id| report(id, Status::Delivered, NOW.plus(1), Some(price("utility", "regular"))));
    turn(scope, &events, NOW).await;
    let later = NOW.plus(MINUTE);
    turn(scope, &[text("m2", "971500000001", "another thing", later)], later).await;
    known
}

/// Splits at `w1`; gives the new conversation.
async fn split_at(scope: &Scope, talk: ConversationId, at: MessageId) -> ConversationId {
    let tx = scope.write().await.unwrap();
    let cut = split::cut(&tx, talk, at).await.unwrap().unwrap();
    let made = ConversationId(tx.new_id(NOW));
    split::lines(&tx, talk, made, cut).await.unwrap();
    let mut book = ingest::load_conversations(&tx, &[talk]).await.unwrap();
    let known = book.conversation(talk).unwrap().clone();
    let rest = ConversationState { status: ConversationStatus::Resolved, ..known.clone() };
    book.apply(vec![
        Change::UpdateConversation(rest),
        Change::CreateConversation(ConversationState { id: made, ..known }),
    ]);
    ingest::save(&tx, &book.drain(), NOW).await.unwrap();
    tx.commit().await.unwrap();
    made
}

async fn lines(scope: &Scope, talk: ConversationId) -> usize {
    thread::page(&scope.read(), talk, None, 100).await.unwrap().len()
}

async fn charged(scope: &Scope, talk: ConversationId) -> i64 {
    let found = cost::of_conversations(&scope.read(), &[talk]).await.unwrap();
    found.get(&talk.0).map_or(0, |cells| cells.iter().map(|cell| cell.count).sum())
}

fn ended(scope: &Scope, (contact, talk): (ContactId, ConversationId), at: i64) -> ClosingRow {
    ClosingRow {
        workspace_id: scope.workspace().0,
        id: Uuid::from_u128(u128::try_from(at).unwrap()),
        conversation_id: talk.0,
        contact_id: contact.0,
        channel_id: channel(1).0,
        at,
        actor_kind: "user".to_owned(),
        actor_id: None,
        assignee_id: None,
        team_id: None,
        category_id: None,
        note: None,
    }
}

on_both! {
    async fn parts_say_what_their_lines_come_to(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let (_, talk) = told(&scope).await;
        let (w0, w1) = (message(&scope, "w0").await, message(&scope, "w1").await);
        let tx = scope.write().await.unwrap();
        let cut = split::cut(&tx, talk, w1).await.unwrap().unwrap();
        assert_eq!(cut, (NOW, w1));
        let (older, newer) = split::parts(&tx, talk, cut).await.unwrap();
        assert_eq!((older.said, older.heard, older.heard_at, older.answered_at), (2, 1, Some(NOW), Some(NOW)));
        assert_eq!(older.newest.unwrap().id, w0);
        assert_eq!((newer.said, newer.heard, newer.heard_at), (2, 1, Some(NOW.plus(MINUTE))));
        assert_eq!((newer.answered_at, newer.began_at), (Some(NOW), Some(NOW)));
        let newest = newer.newest.unwrap();
        assert_eq!((newest.preview.as_str(), newest.status), ("another thing", Status::Received));
        let nowhere = ConversationId(Uuid::from_u128(7));
        assert_eq!(split::cut(&tx, nowhere, w1).await.unwrap(), None, "it is not in that conversation");
        tx.rollback().await.unwrap();
        let tx = db.store.workspace(workspace(2)).write().await.unwrap();
        assert_eq!(split::cut(&tx, talk, w1).await.unwrap(), None, "nor in another workspace");
        tx.rollback().await.unwrap();
    }

    async fn what_belongs_to_lines_goes_with_them(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let (contact, talk) = told(&scope).await;
        let (w1, m2) = (message(&scope, "w1").await, message(&scope, "m2").await);
        let (lea, omar) = (UserId(Uuid::from_u128(41)), UserId(Uuid::from_u128(42)));
        let tx = scope.write().await.unwrap();
        let news = News { at: NOW, by: None, message: None, join: true };
        watch::tell(&tx, talk, &[lea.0], news).await.unwrap();
        watch::tell(&tx, talk, &[omar.0], News { message: Some(m2.0), join: false, ..news }).await.unwrap();
        for at in [NOW.0 - 1, NOW.0 + MINUTE] {
            closing::insert(&tx, ended(&scope, (contact, talk), at)).await.unwrap();
            let id = u128::try_from(at).unwrap();
            matter::insert(&tx, made_in(&scope, id, talk, at)).await.unwrap();
        }
        tx.commit().await.unwrap();
        execute(&db.store, "UPDATE message SET client_id = 'c1' WHERE provider_id = 'w1'").await.unwrap();
        assert_eq!(charged(&scope, talk).await, 2);
        let made = split_at(&scope, talk, w1).await;
        assert_eq!((lines(&scope, talk).await, lines(&scope, made).await), (2, 2));
        assert_eq!((charged(&scope, talk).await, charged(&scope, made).await), (1, 1));
        let read = scope.read();
        for (talk, at) in [(talk, NOW.0 - 1), (made, NOW.0 + MINUTE)] {
            let found = matter::get(&read, Uuid::from_u128(u128::try_from(at).unwrap())).await.unwrap().unwrap();
            assert_eq!(found.conversation_id, Some(talk.0), "what was made since goes along");
            let rows = closing::of_conversation(&read, talk, 9).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.at).collect::<Vec<_>>(), [at]);
        }
        let told = async |talk| -> Vec<Uuid> {
            watch::of_conversation(&read, talk).await.unwrap().into_iter().map(|row| row.user_id).collect()
        };
        assert_eq!((told(talk).await, told(made).await), (vec![lea.0], vec![lea.0, omar.0]));
        assert_eq!(watch::unseen(&read, omar, 9).await.unwrap(), [made.0]);
        // A request that is repeated after the split means the message it made.
        for place in [talk, made] {
            assert_eq!(thread::by_client_id(&read, place, "c1").await.unwrap(), Some(w1));
        }
        assert_eq!(thread::by_client_id(&read, talk, "c2").await.unwrap(), None);
        let elsewhere = db.store.workspace(workspace(2)).read();
        assert_eq!(thread::by_client_id(&elsewhere, talk, "c1").await.unwrap(), None);
    }

    async fn a_merge_takes_everything_back_and_leads_on(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let (_, talk) = told(&scope).await;
        let (w0, w1, m2) = (message(&scope, "w0").await, message(&scope, "w1").await, message(&scope, "m2").await);
        let second = split_at(&scope, talk, w1).await;
        let third = split_at(&scope, second, m2).await;
        // The same client's id in two conversations is no reason not to join them.
        execute(&db.store, "UPDATE message SET client_id = 'c1' WHERE provider_id IN ('w0', 'm2')").await.unwrap();
        let bulk = BulkRow { id: Uuid::from_u128(5), total: 2, ..bulk_row(5) };
        let tx = scope.write().await.unwrap();
        bulk::insert(&tx, bulk, &[talk.0]).await.unwrap();
        merge::join_conversation(&tx, second, talk).await.unwrap();
        merge::join_conversation(&tx, third, second).await.unwrap();
        tx.commit().await.unwrap();
        let read = scope.read();
        for id in [talk, second, third] {
            assert_eq!(conversation::get(&read, id).await.unwrap().unwrap().id, third.0, "every id leads there");
        }
        let elsewhere = db.store.workspace(workspace(2)).read();
        assert!(conversation::get(&elsewhere, talk).await.unwrap().is_none());
        assert_eq!((lines(&scope, third).await, charged(&scope, third).await), (4, 2));
        assert_eq!(thread::by_client_id(&read, third, "c1").await.unwrap(), Some(m2), "that of the one that stayed");
        let waiting = bulk::waiting(&read, Uuid::from_u128(5), 9).await.unwrap();
        assert_eq!(waiting.iter().map(|(id, ..)| *id).collect::<Vec<_>>(), [third.0]);
        // And apart again, at the same place.
        let again = split_at(&scope, third, w1).await;
        assert_eq!((lines(&scope, third).await, lines(&scope, again).await), (2, 2));
        assert_eq!(thread::page(&read, third, None, 1).await.unwrap()[0].row.id, w0.0);
    }
}
