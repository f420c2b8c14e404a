//! Search gives the same hits on both databases.

use super::ingest::{text, turn};
use super::{NOW, number, on_both, workspace};
use rapport_core::message::Content;
use rapport_core::time::MINUTE;
use rapport_store::search::{self, Document, Filter, Hit, Query};
use rapport_store::testing::TestStore;
use rapport_store::{Scope, Store};
use std::collections::BTreeMap;

/// The words of the messages, as a tokenizer would hand them over.
fn terms(body: &str) -> Vec<String> {
    body.to_lowercase().split_whitespace().map(str::to_owned).collect()
}

const MESSAGES: [(&str, &str); 7] = [
    ("m0", "where is my order 4711"),
    ("m1", "\u{637}\u{644}\u{628} \u{62c}\u{62f}\u{64a}\u{62f}"),
    ("m2", "\u{4f60}\u{597d} \u{4e16}\u{754c}"),
    ("m3", "order delivered \u{1bb}eorder"),
    ("m4", "caf\u{e9} or not and near"),
    ("m5", "na\u{308}he \u{0928}\u{092e}\u{0938}\u{094d}\u{0924}\u{0947}"),
    ("m6", "orderly delivery"),
];

async fn index_all(store: &Store, scope: &Scope) -> usize {
    let waiting = search::unindexed(store, 100).await.unwrap();
    let documents: Vec<Document> = waiting
        .iter()
        .filter(|message| message.workspace == scope.workspace())
        .map(|message| {
            let body = message.content.as_ref().map(Content::text).unwrap_or_default();
            Document {
                message: message.message,
                conversation: message.conversation,
                contact: message.contact,
                at: message.at,
                terms: terms(&body),
            }
        })
        .collect();
    let tx = scope.write().await.unwrap();
    search::index(&tx, &documents).await.unwrap();
    tx.commit().await.unwrap();
    documents.len()
}

async fn prepare(db: &TestStore, scope: &Scope) -> BTreeMap<uuid::Uuid, String> {
    let events: Vec<_> = MESSAGES
        .iter()
        .enumerate()
        .map(|(n, (id, body))| text(id, "15550001", body, NOW.plus(n as i64 * MINUTE)))
        .collect();
    turn(scope, &events, NOW.plus(60 * MINUTE)).await;
    let waiting = search::unindexed(&db.store, 100).await.unwrap();
    waiting
        .into_iter()
        .filter(|message| message.workspace == scope.workspace())
        .map(|message| (message.message.0, message.content.unwrap().text()))
        .collect()
}

fn query(groups: &[&[&str]], prefixes: &[&str]) -> Query {
    let own = |terms: &[&str]| terms.iter().map(|term| (*term).to_owned()).collect::<Vec<_>>();
    Query { groups: groups.iter().map(|group| own(group)).collect(), prefixes: own(prefixes) }
}

on_both! {
    async fn hits_are_those_whose_terms_match(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let bodies = prepare(db, &scope).await;
        assert_eq!(index_all(&db.store, &scope).await, MESSAGES.len());
        assert_eq!(search::unindexed(&db.store, 10).await.unwrap(), []);
        let cases: [(Query, &[&str]); 15] = [
            (query(&[&["order"]], &[]), &["m3", "m0"]),
            (query(&[&["order"]], &["order"]), &["m6", "m3", "m0"]),
            (query(&[&["order"], &["deliv"]], &["deliv"]), &["m3"]),
            (query(&[&["order", "orderly"], &["delivery", "delivered"]], &[]), &["m6", "m3"]),
            (query(&[&["4711"]], &[]), &["m0"]),
            (query(&[&["\u{637}\u{644}\u{628}"]], &[]), &["m1"]),
            (query(&[&["\u{637}\u{644}"]], &["\u{637}\u{644}"]), &["m1"]),
            (query(&[&["\u{4e16}\u{754c}"]], &[]), &["m2"]),
            (query(&[&["\u{1bb}eorder"]], &[]), &["m3"]),
            (query(&[&["cafe"]], &[]), &[]),
            (query(&[&["caf\u{e9}"]], &[]), &["m4"]),
            // Words of the query languages are only words.
            (query(&[&["or"], &["not"], &["and"], &["near"]], &[]), &["m4"]),
            (query(&[&["na\u{308}he"], &["\u{0928}\u{092e}\u{0938}\u{094d}\u{0924}\u{0947}"]], &[]), &["m5"]),
            (query(&[&["order\" OR \"x", "') | 'order"]], &[]), &["m3", "m0"]),
            (query(&[&["order\" OR \"x"], &["') | 'order"]], &[]), &[]),
        ];
        for (query, expected) in cases {
            let hits = search::find(&scope.read(), &query, &Filter::default(), None, 10).await.unwrap();
            let found: Vec<&str> = hits
                .iter()
                .map(|hit| MESSAGES.iter().find(|(_, body)| *body == bodies[&hit.message.0]).unwrap().0)
                .collect();
            assert_eq!(found, expected, "{query:?}");
        }
        let none = search::find(&scope.read(), &Query::default(), &Filter::default(), None, 10).await.unwrap();
        assert_eq!(none, []);
    }

    async fn hits_stay_in_their_workspace_and_filters(db: &TestStore) {
        let (one, two) = (db.store.workspace(workspace(1)), db.store.workspace(workspace(2)));
        prepare(db, &one).await;
        prepare(db, &two).await;
        index_all(&db.store, &one).await;
        index_all(&db.store, &two).await;
        let wanted = query(&[&["order"]], &["order"]);
        let find = async |filter: Filter, after, limit| {
            search::find(&one.read(), &wanted, &filter, after, limit).await.unwrap()
        };
        let all: Vec<Hit> = find(Filter::default(), None, 10).await;
        assert_eq!(all.len(), 3);
        let first = find(Filter::default(), None, 2).await;
        let rest = find(Filter::default(), Some((first[1].at, first[1].message)), 2).await;
        assert_eq!([first, rest].concat(), all);
        let here = Filter { conversation: Some(all[0].conversation), contact: Some(all[0].contact), ..Filter::default() };
        assert_eq!(find(here, None, 10).await.len(), 3);
        let elsewhere = Filter { contact: Some(rapport_core::ContactId(uuid::Uuid::nil())), ..Filter::default() };
        assert_eq!(find(elsewhere, None, 10).await, []);
        let between = Filter { since: Some(all[1].at), until: Some(all[0].at), ..Filter::default() };
        assert_eq!(find(between, None, 10).await, all[1..2]);
    }

    async fn messages_leave_the_index_and_change_in_it(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        prepare(db, &scope).await;
        index_all(&db.store, &scope).await;
        let find = async |word: &str| {
            search::find(&scope.read(), &query(&[&[word]], &[]), &Filter::default(), None, 10).await.unwrap()
        };
        let hit = find("4711").await[0];
        let tx = scope.write().await.unwrap();
        let changed = Document {
            message: hit.message,
            conversation: hit.conversation,
            contact: hit.contact,
            at: hit.at,
            terms: terms("changed words"),
        };
        search::index(&tx, &[changed]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(find("4711").await, []);
        assert_eq!(find("changed").await, [hit]);
        let tx = scope.write().await.unwrap();
        search::remove(&tx, [hit.message].into_iter()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(find("changed").await, []);
        assert_eq!(number(db, "SELECT count(*) FROM search_doc").await, MESSAGES.len() as i64 - 1);
    }
}
