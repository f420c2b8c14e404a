//! However a search is cut into pieces and pages, it finds what one look at the whole finds.

use super::search::{PATIENCE, put, query};
use super::{NOW, channel, on_both, workspace};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rapport_core::time::MINUTE;
use rapport_core::{ContactId, ConversationId};
use rapport_store::Scope;
use rapport_store::search::{self, Document, Effort, Filter, Hit, Part, Query};
use std::collections::BTreeSet;
use std::time::Duration;
use uuid::Uuid;

const WORDS: [&str; 8] = [
    "order",
    "orders",
    "\u{437}\u{430}\u{43a}\u{430}\u{437}",
    "\u{637}\u{644}\u{628}",
    "\u{8ba2}\u{5355}",
    "late",
    "lately",
    "blue",
];
const KINDS: [&str; 3] = ["text", "image", "audio"];

/// Documents of some months, several of them in one stretch of time and in one second, and weeks without any.
fn corpus(random: &mut StdRng, from: u128) -> Vec<Document> {
    let mut at = NOW;
    let count = random.random_range(150..400);
    (0..count)
        .map(|n| {
            at = at.plus(-match random.random_range(0..20) {
                0 => random.random_range(0..20 * 24 * 60) * MINUTE,
                1..=9 => random.random_range(0..600) * MINUTE,
                _ => random.random_range(0..3) * 700,
            });
            // Two words that never meet, in every second document each; the others as it comes.
            let mut words = vec![if n % 2 == 0 { "here".to_owned() } else { "there".to_owned() }];
            words.extend(
                (0..random.random_range(0..4)).filter_map(|_| WORDS.choose(random).map(|word| (*word).to_owned())),
            );
            Document {
                message: Uuid::from_u128(from + n).into(),
                conversation: ConversationId(Uuid::from_u128(0x5000 + n % 5)),
                contact: ContactId(Uuid::from_u128(0x6000 + n % 5)),
                channel: channel(1 + n % 2),
                direction: if random.random() { "in" } else { "out" }.to_owned(),
                kind: (*KINDS.choose(random).unwrap()).to_owned(),
                at,
                terms: words.clone(),
                words,
                packed: Vec::new(),
            }
        })
        .collect()
}

fn question(random: &mut StdRng) -> (Query, Vec<Vec<&'static str>>) {
    let word = |random: &mut StdRng| *WORDS.choose(random).unwrap();
    let groups: Vec<Vec<&'static str>> = match random.random_range(0..6) {
        0 => vec![vec!["here"], vec!["there"]],
        1 => vec![vec!["here"]],
        2 => vec![vec!["there"], vec![word(random), word(random)]],
        _ => (0..random.random_range(1..3)).map(|_| vec![word(random)]).collect(),
    };
    let asked: Vec<&[&str]> = groups.iter().map(Vec::as_slice).collect();
    (query(&asked, &[]), groups)
}

fn condition(random: &mut StdRng) -> Filter {
    let moment = |random: &mut StdRng| NOW.plus(-random.random_range(0..100 * 24 * 60) * MINUTE);
    let mut filter = Filter::default();
    match random.random_range(0..7) {
        0 => filter.channel = Some(channel(2)),
        1 => filter.direction = Some("in".to_owned()),
        2 => filter.kinds = vec!["image".to_owned(), "audio".to_owned()],
        3 => filter.conversation = Some(ConversationId(Uuid::from_u128(0x5003))),
        4 => filter.since = Some(moment(random)),
        5 => filter.until = Some(moment(random)),
        _ => {}
    }
    filter
}

fn fits(document: &Document, groups: &[Vec<&str>], filter: &Filter) -> bool {
    groups.iter().all(|group| group.iter().any(|word| document.terms.iter().any(|term| term == word)))
        && filter.channel.is_none_or(|one| document.channel == one)
        && filter.direction.as_ref().is_none_or(|one| document.direction == *one)
        && (filter.kinds.is_empty() || filter.kinds.contains(&document.kind))
        && filter.conversation.is_none_or(|one| document.conversation == one)
        && filter.since.is_none_or(|since| document.at >= since)
        && filter.until.is_none_or(|until| document.at < until)
}

/// All pages, one after the other; and how many they were.
async fn through(scope: &Scope, query: &Query, filter: &Filter, limit: u64, effort: Effort) -> (Vec<Hit>, usize) {
    let (mut hits, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = search::find(&scope.read(), Part::Messages, query, filter, after, limit, effort).await.unwrap();
        assert!(page.hits.len() as u64 <= limit && (page.next.is_none() || page.next != after));
        hits.extend(page.hits);
        (after, pages) = (page.next, pages + 1);
        if after.is_none() {
            return (hits, pages);
        }
    }
}

on_both! {
    async fn pieces_and_pages_find_what_the_whole_has(db: &TestStore) {
        let mut random = StdRng::seed_from_u64(20);
        for round in 1..=3 {
            let scope = db.store.workspace(workspace(round));
            let documents = corpus(&mut random, 0x10_000 * round);
            put(&scope, &documents).await;
            for _ in 0..12 {
                let (asked, groups) = question(&mut random);
                let filter = condition(&mut random);
                let whole = Effort { pieces: Some((i64::MAX, 1)), ..PATIENCE.into() };
                let (expected, pages) = through(&scope, &asked, &filter, 10_000, whole).await;
                assert_eq!(pages, 1);
                let found: BTreeSet<Uuid> = expected.iter().map(|hit| hit.document).collect();
                let fitting = documents.iter().filter(|document| fits(document, &groups, &filter));
                let fitting: BTreeSet<Uuid> = fitting.map(|document| document.message.0).collect();
                assert_eq!(found, fitting, "{groups:?} {filter:?}");
                let effort = Effort {
                    patience: Duration::from_millis(random.random_range(0..40)),
                    pieces: Some((random.random_range(1..60), random.random_range(1..6))),
                    toll: Some(Duration::from_micros(random.random_range(0..1_000))),
                };
                let limit = random.random_range(1..50);
                let (hits, _) = through(&scope, &asked, &filter, limit, effort).await;
                assert_eq!(hits, expected, "{groups:?} {filter:?} {effort:?} by {limit}");
            }
        }
    }

    async fn a_search_that_finds_nothing_stops_in_time_and_goes_on(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let mut random = StdRng::seed_from_u64(4);
        let documents = corpus(&mut random, 0x10_000);
        put(&scope, &documents).await;
        let (all, nothing) = (Filter::default(), query(&[&["here"], &["there"]], &[]));
        let pages = async |toll: u64| {
            let effort = Effort { patience: Duration::from_millis(60), pieces: Some((10, 15)), toll: Some(Duration::from_micros(toll)) };
            let (hits, pages) = through(&scope, &nothing, &all, 50, effort).await;
            assert_eq!(hits, []);
            pages
        };
        assert_eq!(pages(0).await, 1, "what costs nothing is looked through at once");
        let (some, many) = (pages(500).await, pages(2_000).await);
        // At most 30 documents in 60 ms at 2 ms each, and at most 120 at half a millisecond.
        assert!(some > documents.len() / 120 && many > documents.len() / 30, "{some} and {many}");
    }
}
