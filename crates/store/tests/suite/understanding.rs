//! What is understood of messages: kept beside them, counted, moved with them; labels and models.

use super::ingest::{text, turn};
use super::query::id;
use crate::{NOW, on_both, workspace};
use rapport_core::time::DAY;
use rapport_core::{ContactId, MessageId, Ms};
use rapport_store::understanding::hot_word::{self, HotWordRow, Said};
use rapport_store::understanding::label::{self, Agreement, Label};
use rapport_store::understanding::reading::{self, Due, Of, Reading};
use rapport_store::understanding::{self, model};
use rapport_store::{Scope, merge};
use serde_json::json;
use uuid::Uuid;

fn word(number: u128, language: &str, text: &str) -> HotWordRow {
    HotWordRow {
        id: id(7, number),
        topic: "discount".to_owned(),
        language: language.to_owned(),
        text: text.to_owned(),
        body: json!({ "also": ["rabatt"], "exact": false }),
        updated_at: NOW,
    }
}

/// What a reader makes of a message that waits.
fn read(due: &Due, mood: Option<i16>, doubt: i16, words: &[(Uuid, i16)]) -> Reading {
    Reading {
        message: due.message,
        at: due.at,
        language: Some("en".to_owned()),
        mood,
        intent: Some("price".to_owned()),
        sure: doubt < 500,
        probability: 700,
        doubt,
        products: vec!["APL-1".to_owned()],
        words: words.to_vec(),
    }
}

/// What was heard since a moment, two at a time.
async fn heard_by_pages(scope: &Scope, since: Ms) -> Vec<MessageId> {
    let mut heard: Vec<MessageId> = Vec::new();
    loop {
        let page = reading::heard(&scope.read(), since, heard.last().copied(), 2).await.unwrap();
        if page.is_empty() {
            return heard;
        }
        heard.extend(page);
    }
}

/// Keeps readings that were made with what the workspace reads with now.
async fn keep(scope: &Scope, done: &[MessageId], readings: &[Reading]) {
    let stamp = understanding::stamp(&scope.read()).await.unwrap();
    let tx = scope.write().await.unwrap();
    assert!(reading::keep(&tx, stamp, done, readings).await.unwrap());
    tx.commit().await.unwrap();
}

/// Customers 1 and 2 write, and what they wrote waits to be read.
async fn wrote(scope: &Scope) -> Vec<Due> {
    let events = [
        text("m1", "971500000001", "a discount?", NOW),
        text("m2", "971500000001", "discount, discount", NOW.plus(1)),
        text("m3", "971500000002", "hello 😡", NOW.plus(2)),
    ];
    // Their ids are made when they are taken in, which is not before they were written.
    turn(scope, &events, NOW.plus(2)).await;
    let heard = heard_by_pages(scope, NOW).await;
    assert_eq!((heard.len(), heard_by_pages(scope, NOW.plus(1)).await.len()), (3, 2), "since a moment");
    let tx = scope.write().await.unwrap();
    reading::again(&tx, &heard).await.unwrap();
    tx.commit().await.unwrap();
    reading::due(scope.store(), 10).await.unwrap()
}

on_both! {
    async fn what_waits_is_read_once_and_counted(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let due = wrote(&scope).await;
        let told: Vec<String> = due.iter().map(|due| due.content.as_ref().unwrap().text()).collect();
        assert_eq!(told.len(), 3);
        let by = |text: &str| due.iter().find(|due| due.content.as_ref().unwrap().text() == text).unwrap();
        let (one, two, three) = (by("a discount?"), by("discount, discount"), by("hello 😡"));
        let read_of = |times| {
            vec![
                read(one, Some(400), 100, &[(id(7, 1), 1)]),
                read(two, None, 900, &[(id(7, 1), times)]),
                read(three, Some(200), 500, &[]),
            ]
        };
        let done: Vec<MessageId> = due.iter().map(|due| due.message).collect();
        keep(&scope, &done, &read_of(3)).await;
        let tx = scope.write().await.unwrap();
        reading::again(&tx, &done).await.unwrap();
        tx.commit().await.unwrap();
        keep(&scope, &done, &read_of(2)).await;
        // Another node read the same messages: they are off the list.
        keep(&scope, &done, &read_of(9)).await;
        assert_eq!(reading::due(&db.store, 10).await.unwrap(), []);
        let tx = scope.write().await.unwrap();
        reading::wait_for(&tx, [one.message, one.message].into_iter().take(1)).await.unwrap();
        reading::wait_for(&tx, [one.message].into_iter()).await.unwrap();
        tx.commit().await.unwrap();
        let view = scope.read();
        assert_eq!(reading::waiting(&view).await.unwrap(), 1, "a message waits once");
        let span = (NOW, NOW.plus(DAY));
        let all = hot_word::said(&view, None, span).await.unwrap();
        assert_eq!(all[&id(7, 1)], Said { times: 3, messages: 2, customers: 1 }, "what was read before does not count");
        let none = hot_word::said(&view, Some(three.contact), span).await.unwrap();
        assert!(none.is_empty() && hot_word::said(&view, None, (NOW.plus(5), NOW.plus(6))).await.unwrap().is_empty());
        let moods = |of| reading::moods(&view, of, NOW, 10);
        assert_eq!(moods(Of::Contact(one.contact)).await.unwrap(), [(NOW, 400)]);
        assert_eq!(moods(Of::Conversation(three.contact, three.conversation)).await.unwrap(), [(three.at, 200)]);
        assert_eq!(moods(Of::Conversation(one.contact, three.conversation)).await.unwrap(), []);
        let other = db.store.workspace(workspace(2)).read();
        assert!(hot_word::said(&other, None, span).await.unwrap().is_empty());
        assert_eq!(reading::waiting(&other).await.unwrap(), 0);
    }

    async fn readings_go_where_their_messages_go(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let due = wrote(&scope).await;
        let readings: Vec<Reading> = due.iter().map(|due| read(due, Some(500), 0, &[])).collect();
        keep(&scope, &due.iter().map(|due| due.message).collect::<Vec<_>>(), &readings).await;
        let mut people: Vec<ContactId> = due.iter().map(|due| due.contact).collect();
        people.sort_unstable();
        people.dedup();
        let [keep, gone] = people[..] else { panic!("two customers") };
        let talk = |contact| due.iter().find(|due| due.contact == contact).unwrap().conversation;
        let tx = scope.write().await.unwrap();
        merge::join_conversation(&tx, talk(keep), talk(gone)).await.unwrap();
        merge::contacts(&tx, keep, gone, 3, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let of = Of::Conversation(keep, talk(keep));
        assert_eq!(reading::moods(&scope.read(), of, NOW, 10).await.unwrap().len(), 3);
    }

    async fn what_changes_while_messages_are_read_is_not_lost(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let due = wrote(&scope).await;
        let done: Vec<MessageId> = due.iter().map(|due| due.message).collect();
        let readings: Vec<Reading> = due.iter().map(|due| read(due, Some(500), 0, &[])).collect();
        let stamp = understanding::stamp(&scope.read()).await.unwrap();
        let tx = scope.write().await.unwrap();
        hot_word::put(&tx, &[word(1, "en", "discount")], NOW).await.unwrap();
        understanding::touch(&tx).await.unwrap();
        tx.commit().await.unwrap();
        let tx = scope.write().await.unwrap();
        assert!(!reading::keep(&tx, stamp, &done, &readings).await.unwrap(), "read with words of before");
        tx.commit().await.unwrap();
        assert_eq!(reading::due(&db.store, 10).await.unwrap(), due, "they wait on");
        assert_eq!(reading::moods(&scope.read(), Of::Contact(due[0].contact), NOW, 10).await.unwrap(), []);
        let first = due[0].contact;
        let other = due.iter().find(|due| due.contact != first).unwrap();
        let tx = scope.write().await.unwrap();
        merge::join_conversation(&tx, due[0].conversation, other.conversation).await.unwrap();
        merge::contacts(&tx, first, other.contact, 3, NOW).await.unwrap();
        tx.commit().await.unwrap();
        keep(&scope, &done, &readings).await;
        let of = Of::Conversation(first, due[0].conversation);
        assert_eq!(reading::moods(&scope.read(), of, NOW, 10).await.unwrap().len(), 3, "whose they are now");
    }

    async fn hot_words_are_kept_and_everybody_hears_of_a_change(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let before = understanding::stamp(&scope.read()).await.unwrap();
        let tx = scope.write().await.unwrap();
        assert_eq!(hot_word::all_for_write(&tx).await.unwrap(), []);
        hot_word::put(&tx, &[word(1, "en", "discount"), word(2, "ar", "خصم")], NOW).await.unwrap();
        tx.commit().await.unwrap();
        let changed = understanding::stamp(&scope.read()).await.unwrap();
        assert_ne!(before, changed);
        let known = hot_word::all(&scope.read()).await.unwrap();
        assert_eq!(known, [word(2, "ar", "خصم"), word(1, "en", "discount")], "by language");
        let tx = scope.write().await.unwrap();
        let taken = hot_word::put(&tx, &[word(3, "en", "discount")], NOW).await;
        assert!(taken.unwrap_err().is_conflict());
        tx.rollback().await.unwrap();
        let tx = scope.write().await.unwrap();
        hot_word::all_for_write(&tx).await.unwrap();
        assert_eq!(hot_word::remove(&tx, &[id(7, 1), id(7, 9)]).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_ne!(understanding::stamp(&scope.read()).await.unwrap(), changed);
        assert_eq!(hot_word::all(&scope.read()).await.unwrap(), [word(2, "ar", "خصم")]);
        assert_eq!(hot_word::all(&db.store.workspace(workspace(2)).read()).await.unwrap(), []);
    }

    async fn doubts_come_first_until_somebody_says_a_word(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let due = wrote(&scope).await;
        let readings: Vec<Reading> =
            due.iter().zip([100, 900, 500]).map(|(due, doubt)| read(due, None, doubt, &[])).collect();
        keep(&scope, &due.iter().map(|due| due.message).collect::<Vec<_>>(), &readings).await;
        let doubts = async |language, intent| {
            let found = reading::doubtful(&scope.read(), NOW, (language, intent), (100, 10)).await.unwrap();
            found.into_iter().map(|one| one.doubt).collect::<Vec<_>>()
        };
        assert_eq!(doubts(None, None).await, [900, 500, 100]);
        assert_eq!(doubts(Some("en"), Some("price")).await, [900, 500, 100]);
        assert_eq!((doubts(Some("ar"), None).await, doubts(None, Some("return")).await), (vec![], vec![]));
        let said = |place: usize, intent: &str, predicted: Option<&str>| Label {
            message: due[place].message,
            intent: intent.to_owned(),
            language: Some("en".to_owned()),
            predicted: predicted.map(str::to_owned),
            at: NOW,
            user: None,
        };
        let tx = scope.write().await.unwrap();
        for label in [said(1, "return", Some("price")), said(1, "price", None), said(0, "", None), said(2, "price", None)] {
            label::put(&tx, &label).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(doubts(None, None).await, Vec::<i16>::new());
        let view = scope.read();
        assert_eq!(label::count(&view).await.unwrap(), 3);
        assert_eq!(label::get(&view, due[1].message).await.unwrap().as_deref(), Some("price"), "the last word");
        assert_eq!(label::intents(&view).await.unwrap(), ["price"]);
        let agreed = Agreement { language: Some("en".to_owned()), named: 1, right: 1, silent: 1 };
        assert_eq!(label::agreement(&view, NOW).await.unwrap(), [agreed], "what was predicted first is what counts");
        assert_eq!(label::newest(&view, 10).await.unwrap().len(), 3);
        let tx = scope.write().await.unwrap();
        assert!(label::remove(&tx, due[1].message).await.unwrap());
        assert!(!label::remove(&tx, due[1].message).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(doubts(None, None).await, [900]);
    }

    async fn versions_are_few_and_one_is_in_force(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let add = async |bytes: &[u8]| {
            let tx = scope.write().await.unwrap();
            let version = model::add(&tx, (bytes.to_vec(), json!({ "labels": 1 })), (Ms(5), None), 3).await.unwrap();
            tx.commit().await.unwrap();
            version
        };
        let choose = async |version: i32| {
            let tx = scope.write().await.unwrap();
            let chosen = model::put_in_force(&tx, version).await;
            if chosen.is_ok() { tx.commit().await.unwrap() } else { tx.rollback().await.unwrap() }
            chosen.is_ok()
        };
        assert_eq!(model::in_force(&scope.read()).await.unwrap(), None);
        assert_eq!((add(b"one").await, add(b"two").await), (1, 2));
        assert!(choose(1).await && !choose(9).await);
        assert_eq!(model::in_force(&scope.read()).await.unwrap(), Some((1, b"one".to_vec())));
        for bytes in [b"three", b"four.", b"five."] {
            add(bytes).await;
        }
        let all = model::all(&scope.read()).await.unwrap();
        let told: Vec<_> = all.iter().map(|one| (one.version, one.in_force)).collect();
        assert_eq!(told, [(5, false), (4, false), (3, false), (1, true)], "the one in force stays");
        assert!(choose(0).await);
        assert_eq!(model::in_force(&scope.read()).await.unwrap(), None);
        assert_eq!(model::all(&db.store.workspace(workspace(2)).read()).await.unwrap(), []);
    }
}
