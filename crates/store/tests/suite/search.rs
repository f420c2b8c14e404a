//! Search gives the same hits on both databases.

use super::ingest::{text, turn};
use super::{NOW, channel, number, on_both, workspace};
use rapport_core::message::Content;
use rapport_core::time::MINUTE;
use rapport_core::{ContactId, ConversationId, Ms};
use rapport_store::query::conversation_list::Assignee;
use rapport_store::search::{
    self, After, Dirty, Document, Filter, Found, Group, Hit, Page, Part, Person, Query, Vocabulary,
};
use rapport_store::testing::{TestStore, execute};
use rapport_store::{Scope, Store, merge};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use uuid::Uuid;

const DAY: i64 = 24 * 60 * MINUTE;
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

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

/// What waits for the index, read and thought about.
async fn read_all(store: &Store, scope: &Scope) -> Vec<Document> {
    let waiting = search::unindexed(store, 5_000).await.unwrap();
    let own = waiting.into_iter().filter(|message| message.workspace == scope.workspace());
    own.map(|message| {
        let body = message.content.as_ref().map(Content::text).unwrap_or_default();
        message.with(terms(&body), terms(&body))
    })
    .collect()
}

async fn index_all(store: &Store, scope: &Scope) -> usize {
    let documents = read_all(store, scope).await;
    let tx = scope.write().await.unwrap();
    search::index(&tx, &documents, &mut Vocabulary::default()).await.unwrap();
    tx.commit().await.unwrap();
    documents.len()
}

async fn prepare(db: &TestStore, scope: &Scope) -> BTreeMap<Uuid, String> {
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

pub(super) fn query(groups: &[&[&str]], prefixes: &[&str]) -> Query {
    let own = |terms: &[&str]| terms.iter().map(|term| (*term).to_owned()).collect::<Vec<_>>();
    let last = groups.len().saturating_sub(1);
    let group = |(place, terms): (usize, &&[&str])| Group {
        terms: own(terms),
        prefixes: if place == last { own(prefixes) } else { Vec::new() },
    };
    Query { groups: groups.iter().enumerate().map(group).collect() }
}

async fn page(scope: &Scope, query: &Query, filter: &Filter, after: Option<After>, limit: u64) -> Page {
    // Small pieces, so that a few documents are many of them.
    let effort = search::Effort { pieces: Some((400, 2)), ..PATIENCE.into() };
    search::find(&scope.read(), Part::Messages, query, filter, after, limit, effort).await.unwrap()
}

async fn find(scope: &Scope, query: &Query, filter: &Filter, limit: u64) -> Vec<Hit> {
    page(scope, query, filter, None, limit).await.hits
}

/// Documents that need no message: so many, one a step, from `NOW` back.
fn documents(count: i64, step: i64, words: impl Fn(i64) -> &'static str) -> Vec<Document> {
    (0..count)
        .map(|n| Document {
            message: Uuid::from_u128(0x7000 + n as u128).into(),
            conversation: ConversationId(Uuid::from_u128(0x5000 + (n % 3) as u128)),
            contact: ContactId(Uuid::from_u128(0x6000 + (n % 3) as u128)),
            channel: channel(1 + (n % 2) as u128),
            direction: if n % 2 == 0 { "in" } else { "out" }.to_owned(),
            kind: if n % 5 == 0 { "image" } else { "text" }.to_owned(),
            at: NOW.plus(-n * step),
            terms: terms(words(n)),
            words: terms(words(n)),
            packed: Vec::new(),
        })
        .collect()
}

pub(super) async fn put(scope: &Scope, documents: &[Document]) {
    let mut vocabulary = Vocabulary::default();
    for part in documents.chunks(1_000) {
        let tx = scope.write().await.unwrap();
        search::index(&tx, part, &mut vocabulary).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// The contacts of these notes as they are now.
async fn people(scope: &Scope, notes: &[Dirty]) -> Vec<Found> {
    let ids = notes.iter().map(|note| note.contact).collect();
    let found = search::details(&scope.read(), &ids).await.unwrap();
    let one = |person: &Person| Found {
        contact: ContactId(person.row.id),
        at: Ms(person.row.last_inbound_at.unwrap_or(person.row.created_at)),
        terms: terms(&format!("{} {}", person.row.name, person.identities[0].1)),
        words: terms(&person.row.name),
    };
    found.iter().map(one).collect()
}

/// Indexes the contacts that changed; how many notes there were.
async fn work(scope: &Scope) -> usize {
    let notes = search::changed(scope.store(), 100).await.unwrap();
    let people = people(scope, &notes).await;
    let tx = scope.write().await.unwrap();
    search::index_people(&tx, people, &notes, &mut Vocabulary::default()).await.unwrap();
    tx.commit().await.unwrap();
    notes.len()
}

/// Every page of a search, to its end.
async fn through(scope: &Scope, query: &Query, filter: &Filter, limit: u64) -> Vec<Hit> {
    let (mut hits, mut after) = (Vec::new(), None);
    loop {
        let page = page(scope, query, filter, after, limit).await;
        assert!(page.hits.len() <= limit as usize);
        hits.extend(page.hits);
        after = page.next;
        if after.is_none() {
            return hits;
        }
    }
}

on_both! {
    async fn hits_are_those_whose_terms_match(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let bodies = prepare(db, &scope).await;
        assert_eq!(index_all(&db.store, &scope).await, MESSAGES.len());
        assert_eq!(search::unindexed(&db.store, 10).await.unwrap(), []);
        let cases: [(Query, &[&str]); 16] = [
            (query(&[&["order"]], &[]), &["m3", "m0"]),
            (query(&[&["order"]], &["order"]), &["m6", "m3", "m0"]),
            (query(&[&["orde"]], &["orde"]), &["m6", "m3", "m0"]),
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
            let hits = find(&scope, &query, &Filter::default(), 10).await;
            let found: Vec<&str> = hits
                .iter()
                .map(|hit| MESSAGES.iter().find(|(_, body)| *body == bodies[&hit.document]).unwrap().0)
                .collect();
            assert_eq!(found, expected, "{query:?}");
        }
        assert_eq!(find(&scope, &Query::default(), &Filter::default(), 10).await, []);
    }

    async fn hits_stay_in_their_workspace_and_filters(db: &TestStore) {
        let (one, two) = (db.store.workspace(workspace(1)), db.store.workspace(workspace(2)));
        prepare(db, &one).await;
        prepare(db, &two).await;
        index_all(&db.store, &one).await;
        index_all(&db.store, &two).await;
        let wanted = query(&[&["order"]], &["order"]);
        let all = find(&one, &wanted, &Filter::default(), 10).await;
        assert_eq!(all.len(), 3);
        let first = page(&one, &wanted, &Filter::default(), None, 2).await;
        let rest = page(&one, &wanted, &Filter::default(), first.next, 2).await;
        assert_eq!(rest.next, None);
        assert_eq!([first.hits, rest.hits].concat(), all);
        let here = Filter { conversation: Some(all[0].conversation), contact: Some(all[0].contact), ..Filter::default() };
        assert_eq!(find(&one, &wanted, &here, 10).await.len(), 3);
        let mine = Filter { contact: Some(all[0].contact), ..Filter::default() };
        assert_eq!(find(&one, &wanted, &mine, 10).await.len(), 3);
        let elsewhere = Filter { contact: Some(ContactId(Uuid::nil())), ..Filter::default() };
        assert_eq!(find(&one, &wanted, &elsewhere, 10).await, []);
        let between = Filter { since: Some(all[1].at), until: Some(all[0].at), ..Filter::default() };
        assert_eq!(find(&one, &wanted, &between, 10).await, all[1..2]);
        // What the conversation is like counts as it is now.
        let free = Filter { assignee: Some(Assignee::Nobody), ..Filter::default() };
        assert_eq!(find(&one, &wanted, &free, 10).await.len(), 3);
        let user = Uuid::from_u128(77);
        let text = match db.store.backend() {
            rapport_store::Backend::Sqlite => format!("UPDATE conversation SET assignee_id = x'{}'", user.simple()),
            rapport_store::Backend::Postgres => format!("UPDATE conversation SET assignee_id = '{user}'"),
        };
        execute(&db.store, &text).await.unwrap();
        assert_eq!(find(&one, &wanted, &free, 10).await, []);
        let theirs = Filter { assignee: Some(Assignee::One(user.into())), ..Filter::default() };
        assert_eq!(find(&one, &wanted, &theirs, 10).await.len(), 3);
    }

    async fn messages_leave_the_index_and_change_in_it(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        prepare(db, &scope).await;
        index_all(&db.store, &scope).await;
        let look = async |word: &str| find(&scope, &query(&[&[word]], &[]), &Filter::default(), 10).await;
        let hit = look("4711").await[0];
        let changed = Document {
            message: hit.message(),
            conversation: hit.conversation,
            contact: hit.contact,
            at: hit.at,
            terms: terms("changed words"),
            ..documents(1, 0, |_| "").remove(0)
        };
        put(&scope, &[changed]).await;
        assert_eq!(look("4711").await, []);
        let again = look("changed").await;
        assert_eq!(again.iter().map(|hit| hit.document).collect::<Vec<_>>(), [hit.document]);
        let tx = scope.write().await.unwrap();
        search::remove(&tx, [hit.message()].into_iter()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(look("changed").await, []);
        let left = MESSAGES.len() as i64 - 1;
        assert_eq!(number(db, "SELECT count(*) FROM search_doc").await, left);
        assert_eq!(number(db, "SELECT CAST(sum(docs) AS bigint) FROM search_slice").await, left);
        // A message that comes to another conversation is indexed again.
        let moved = "UPDATE message SET conversation_id = contact_id";
        assert_eq!(execute(&db.store, moved).await.unwrap() as usize, MESSAGES.len());
        assert_eq!(search::unindexed(&db.store, 100).await.unwrap().len(), MESSAGES.len());
    }

    async fn pages_over_years_are_complete_and_newest_first(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        // Two years with a few documents a day; then one busy second, more than a second has numbers for.
        put(&scope, &documents(3_000, 6 * 60 * MINUTE, |n| if n % 50 == 0 { "seldom often" } else { "often" })).await;
        let mut burst = documents(6_000, 0, |_| "burst");
        for (n, document) in burst.iter_mut().enumerate() {
            document.message = Uuid::from_u128(0x90_0000 + n as u128).into();
        }
        put(&scope, &burst).await;
        for (word, expected) in [("often", 3_000), ("seldom", 60), ("burst", 6_000)] {
            let wanted = query(&[&[word]], &[]);
            let hits = through(&scope, &wanted, &Filter::default(), 977).await;
            assert_eq!(hits.len(), expected, "{word}");
            assert_eq!(hits.iter().map(|hit| hit.document).collect::<BTreeSet<_>>().len(), expected, "{word}");
            assert!(hits.windows(2).all(|pair| pair[0].at >= pair[1].at), "{word}");
            // Without patience every piece is a page of its own, and they lead to the same end.
            let hurried = search::Effort { pieces: Some((400, 2)), ..Duration::ZERO.into() };
            let (mut short, mut after, mut pages) = (Vec::new(), None, 0);
            loop {
                let all = Filter::default();
                let found = search::find(&scope.read(), Part::Messages, &wanted, &all, after, 977, hurried).await.unwrap();
                short.extend(found.hits);
                (after, pages) = (found.next, pages + 1);
                if after.is_none() {
                    break;
                }
            }
            assert!(pages > 2, "{word}");
            let whole = search::Effort { pieces: Some((i64::MAX, 1)), ..PATIENCE.into() };
            let once = search::find(&scope.read(), Part::Messages, &wanted, &Filter::default(), None, 10_000, whole).await.unwrap();
            assert_eq!(once.hits, hits, "{word}: the pieces together are the whole");
            assert_eq!(short, hits, "{word}");
        }
        let spring = Filter { since: Some(NOW.plus(-90 * DAY)), until: Some(NOW.plus(-60 * DAY)), ..Filter::default() };
        assert_eq!(through(&scope, &query(&[&["often"]], &[]), &spring, 50).await.len(), 120);
        let pictures = Filter { kinds: vec!["image".to_owned()], direction: Some("in".to_owned()), ..Filter::default() };
        assert_eq!(through(&scope, &query(&[&["often"]], &[]), &pictures, 500).await.len(), 300);
        let over = Filter { channel: Some(channel(2)), ..Filter::default() };
        assert_eq!(through(&scope, &query(&[&["often"]], &[]), &over, 500).await.len(), 1_500);
    }

    async fn documents_follow_their_messages_through_a_merge(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        prepare(db, &scope).await;
        index_all(&db.store, &scope).await;
        let wanted = query(&[&["order"]], &["order"]);
        let before = find(&scope, &wanted, &Filter::default(), 10).await;
        // A document without a message: nothing leads to it but reading the whole index.
        let stray = Document { contact: before[0].contact, conversation: before[0].conversation, ..documents(1, 0, |_| "order").remove(0) };
        put(&scope, &[stray]).await;
        let (keep, talk) = (ContactId(Uuid::from_u128(0x77)), ConversationId(Uuid::from_u128(0x88)));
        let tx = scope.write().await.unwrap();
        merge::join_conversation(&tx, talk, before[0].conversation).await.unwrap();
        merge::contacts(&tx, keep, before[0].contact, 3, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let after = find(&scope, &wanted, &Filter::default(), 10).await;
        let (moved, left): (Vec<Hit>, Vec<Hit>) = after.iter().partition(|hit| hit.contact == keep);
        assert_eq!(moved.len(), before.len());
        assert!(moved.iter().all(|hit| hit.conversation == talk));
        assert_eq!(left.len(), 1, "the stray one is not looked for");
        let index = match db.store.backend() {
            rapport_store::Backend::Sqlite => "SELECT count(*) FROM sqlite_master WHERE name = 'closing_contact'",
            rapport_store::Backend::Postgres => "SELECT count(*) FROM pg_indexes WHERE indexname = 'closing_contact'",
        };
        assert_eq!(number(db, index).await, 1);
    }

    async fn what_changed_while_it_was_indexed_is_indexed_again(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        prepare(db, &scope).await;
        let old: Vec<Document> = read_all(&db.store, &scope).await;
        // Another node is quicker and indexes a later edition: here the sixth message says what the first did.
        let edit = "UPDATE message SET content = (SELECT o.content FROM message AS o ORDER BY o.id LIMIT 1), indexed = 0 \
                    WHERE id = (SELECT o.id FROM message AS o ORDER BY o.id DESC LIMIT 1)";
        assert_eq!(execute(&db.store, edit).await.unwrap(), 1);
        index_all(&db.store, &scope).await;
        let look = async |word: &str| find(&scope, &query(&[&[word]], &[]), &Filter::default(), 10).await.len();
        assert_eq!((look("4711").await, look("orderly").await), (2, 0));
        put(&scope, &old).await;
        assert_eq!(index_all(&db.store, &scope).await, 1, "what was read too early comes again");
        assert_eq!((look("4711").await, look("orderly").await), (2, 0));
        assert_eq!(index_all(&db.store, &scope).await, 0);
    }

    async fn people_follow_their_rows(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        prepare(db, &scope).await;
        let look = async |word: &str| {
            let asked = query(&[&[word]], &[word]);
            search::find(&scope.read(), Part::Contacts, &asked, &Filter::default(), None, 10, PATIENCE).await.unwrap().hits.len()
        };
        assert!(work(&scope).await >= 1);
        assert_eq!(work(&scope).await, 0, "every note is struck off");
        assert_eq!(look("15550001").await, 1);
        execute(&db.store, "UPDATE contact SET name = 'Zaynab Zidan'").await.unwrap();
        assert_eq!(work(&scope).await, 1);
        assert_eq!(look("zid").await, 1);
        execute(&db.store, "UPDATE contact SET version = 5, name = 'Zaynab Zidan'").await.unwrap();
        assert_eq!(work(&scope).await, 0, "nothing they are found by has changed");
        execute(&db.store, "UPDATE contact SET merged_into = id").await.unwrap();
        assert_eq!(work(&scope).await, 1);
        assert_eq!(look("zid").await, 0);
        // Messages are another part.
        assert_eq!(find(&scope, &query(&[&["zaynab"]], &[]), &Filter::default(), 10).await, []);
    }

    async fn people_are_found_by_the_day_they_were_last_heard(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        turn(&scope, &[text("a", "15550001", "hello", NOW), text("b", "15550002", "hello", NOW.plus(MINUTE))], NOW).await;
        execute(&db.store, "UPDATE contact SET name = 'Zidan'").await.unwrap();
        work(&scope).await;
        let order = async || {
            let asked = query(&[&["zidan"]], &[]);
            let page = search::find(&scope.read(), Part::Contacts, &asked, &Filter::default(), None, 10, PATIENCE).await;
            page.unwrap().hits.iter().map(|hit| hit.document).collect::<Vec<_>>()
        };
        let before = order().await;
        assert_eq!(before.len(), 2);
        let heard = |id: Uuid, at: Ms| {
            let id = match db.store.backend() {
                rapport_store::Backend::Sqlite => format!("x'{}'", id.simple()),
                rapport_store::Backend::Postgres => format!("'{id}'"),
            };
            format!("UPDATE contact SET last_inbound_at = {} WHERE id = {id}", at.0)
        };
        let day = NOW.plus(-NOW.0.rem_euclid(DAY) + DAY);
        execute(&db.store, &heard(before[1], day)).await.unwrap();
        assert_eq!(work(&scope).await, 1, "the first message of a day");
        assert_eq!(order().await, [before[1], before[0]]);
        execute(&db.store, &heard(before[1], day.plus(DAY - 1))).await.unwrap();
        assert_eq!(work(&scope).await, 0, "every further one costs nothing");
    }

    async fn a_contact_that_another_node_indexed_stays_as_it_is(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        prepare(db, &scope).await;
        execute(&db.store, "UPDATE contact SET name = 'Zaynab'").await.unwrap();
        let notes = search::changed(&db.store, 100).await.unwrap();
        let old = people(&scope, &notes).await;
        execute(&db.store, "UPDATE contact SET name = 'Maryam'").await.unwrap();
        work(&scope).await;
        let tx = scope.write().await.unwrap();
        search::index_people(&tx, old, &notes, &mut Vocabulary::default()).await.unwrap();
        tx.commit().await.unwrap();
        let look = async |word: &str| {
            let asked = query(&[&[word]], &[]);
            search::find(&scope.read(), Part::Contacts, &asked, &Filter::default(), None, 10, PATIENCE).await.unwrap().hits.len()
        };
        assert_eq!((look("maryam").await, look("zaynab").await), (1, 0));
    }

    async fn what_was_stored_before_is_indexed_newest_first(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        prepare(db, &scope).await;
        assert_eq!(search::progress(&scope.read()).await.unwrap().oldest_new, Some(NOW.plus(60 * MINUTE)));
        execute(&db.store, "UPDATE message SET indexed = 1").await.unwrap();
        let all = search::unindexed(&db.store, 10).await.unwrap();
        assert_eq!(all, [], "as an older program left it");
        let newest = "INSERT INTO search_fill (workspace_id, before, done, total) SELECT workspace_id, id, 0, 7 FROM message \
                      ORDER BY id DESC LIMIT 1";
        execute(&db.store, newest).await.unwrap();
        let mut seen = 0;
        while let Some((owner, from)) = search::backlog(&db.store).await.unwrap() {
            assert_eq!(owner, scope.workspace());
            let found = search::older(&db.store, owner, from, 3).await.unwrap();
            let last = found.last().map(|message| message.message);
            seen += found.len();
            let documents: Vec<Document> = found
                .into_iter()
                .map(|message| {
                    let words = terms(&message.content.as_ref().unwrap().text());
                    message.with(words.clone(), words)
                })
                .collect();
            let tx = scope.write().await.unwrap();
            search::index(&tx, &documents, &mut Vocabulary::default()).await.unwrap();
            search::advance(&tx, last, documents.len()).await.unwrap();
            tx.commit().await.unwrap();
            let progress = search::progress(&scope.read()).await.unwrap();
            assert!(progress.total == 0 || (progress.done, progress.total) == (seen as i64, 7));
        }
        assert_eq!(seen, MESSAGES.len());
        assert_eq!(find(&scope, &query(&[&["order"]], &["order"]), &Filter::default(), 10).await.len(), 3);
    }
}
