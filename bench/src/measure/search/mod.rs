//! Search over many messages: how long typical questions take, beside `LIKE` over the same rows in the same minutes.

mod load;
mod words;

use super::report::Row;
use super::{Context, Engine, Part};
use crate::Result;
use crate::histogram::Histogram;
use crate::site::Scratch;
use crate::site::database::Database;
use crate::site::process::Quiet;
use rapport_store::query::search_hits;
use rapport_store::search::{self, Filter, Group, Hit, Query};
use rapport_store::{Options, Read, Store};
use std::time::{Duration, Instant};

/// How often each class of question is asked.
const ASKED: usize = 200;
/// Hits of a page, as the search page asks for.
const PAGE: u64 = 50;
/// What the product waits for a search before it answers with what it has.
const PATIENCE: Duration = Duration::from_millis(60);
/// What must not be exceeded.
const LINE_MS: f64 = 100.0;
/// How often `LIKE` is asked: it takes long.
const LIKES: usize = 3;

/// Fills one engine and asks.
pub async fn run(context: &Context, engine: Engine) -> Result<Part> {
    let messages = context.messages;
    let contacts = (messages / 20).max(1_000);
    let scratch = match &context.keep {
        Some(keep) => Scratch::kept(keep.join("sqlite"))?,
        None => Scratch::new("search")?,
    };
    let (database, url) = match (engine, &context.postgres) {
        (Engine::Postgres, Some(cluster)) => {
            cluster.create("search").await?;
            let url = cluster.url("search", "harness");
            (Database::Postgres(url.clone()), url)
        }
        _ => {
            let path = scratch.path().canonicalize()?.join("search.db");
            (Database::Sqlite(path.clone()), format!("sqlite://{}", path.display()))
        }
    };
    let store = Store::open(&Options::new(url)).await?;
    store.migrate().await?;
    println!("  {}: {messages} messages, {contacts} contacts", engine.name());
    let mut part = Part::default();
    let name = |what: &str| format!("{} search, {messages} messages: {what}", engine.name());
    let note = match database.number("SELECT CAST(count(*) AS text) FROM search_doc WHERE part = 'm'").await? {
        0 => {
            let loaded = load::fill(&store, &database, context.seed, messages, contacts).await?;
            format!("indexed at {:.0}/s", messages as f64 / loaded.indexing.max(0.001))
        }
        found if u64::try_from(found) == Ok(messages) => "filled before".to_owned(),
        found => return Err(format!("the kept database holds {found} messages, not {messages}").into()),
    };
    let bytes = size(&database).await? as f64 / messages as f64;
    part.rows.push(Row::new(name("index"), bytes, "B/message").note(note));
    let read = store.workspace(load::workspace()).read();
    for (class, texts) in words::questions(messages, contacts) {
        let quiet = Quiet::watch();
        let (histogram, hits, short) = ask(&read, class, &texts).await?;
        let like = like(&database, &texts[0], class).await?;
        let foreign = quiet.foreign();
        let note = format!(
            "p50 {:.1} ms, {hits} hits, {short} of {ASKED} short; LIKE {:.0} ms",
            histogram.millis(0.5),
            like.as_secs_f64() * 1e3
        );
        part.rows
            .push(Row::new(name(class), histogram.millis(0.99), "ms p99").at_most(LINE_MS).beside(foreign).note(note));
    }
    Ok(part)
}

/// Asks a class of questions; answers with the times, the hits of the first, and how many answers were cut short.
async fn ask(read: &Read, class: &str, texts: &[String]) -> Result<(Histogram, usize, usize)> {
    let mut histogram = Histogram::default();
    let (mut first, mut short) = (None, 0);
    // What a running installation has in memory: the first round is not counted.
    for text in texts.iter().take(10) {
        answer(read, class, text).await?;
    }
    for turn in 0..ASKED {
        let began = Instant::now();
        let (hits, cut) = answer(read, class, &texts[turn % texts.len()]).await?;
        histogram.record(u64::try_from(began.elapsed().as_micros())?);
        first.get_or_insert(hits);
        short += usize::from(cut);
    }
    Ok((histogram, first.unwrap_or(0), short))
}

fn is_people(class: &str) -> bool {
    class == "name" || class.starts_with("piece of")
}

/// One question as the product asks it, with the messages of the hits.
async fn answer(read: &Read, class: &str, text: &str) -> Result<(usize, bool)> {
    let (part, query) = if is_people(class) {
        let asked = rapport_text::people_query(text);
        let mut groups: Vec<Group> = asked.words.iter().flat_map(|word| query_of(word).groups).collect();
        let terms = asked.number_terms();
        groups.extend(terms.into_iter().map(|term| Group { terms: vec![term], prefixes: Vec::new() }));
        (search::Part::Contacts, Query { groups })
    } else {
        (search::Part::Messages, query_of(&rapport_text::query(text)))
    };
    let page = search::find(read, part, &query, &Filter::default(), None, PAGE, PATIENCE).await?;
    let ids: Vec<_> = page.hits.iter().map(Hit::message).collect();
    if part == search::Part::Messages && !ids.is_empty() {
        search_hits::messages(read, &ids).await?;
    }
    Ok((page.hits.len(), page.next.is_some() && (page.hits.len() as u64) < PAGE))
}

fn query_of(asked: &rapport_text::Query) -> Query {
    let last = asked.groups.len().saturating_sub(1);
    let group = |(place, terms): (usize, &Vec<String>)| Group {
        terms: terms.clone(),
        prefixes: if place == last { asked.prefixes.clone() } else { Vec::new() },
    };
    Query { groups: asked.groups.iter().enumerate().map(group).collect() }
}

/// The same question without an index: the median of a few.
async fn like(database: &Database, text: &str, class: &str) -> Result<Duration> {
    let (table, column) = match class {
        "name" => ("contact", "name"),
        people if is_people(people) => ("contact", "phone"),
        _ => ("message", "preview"),
    };
    let order = if table == "message" { "at" } else { "updated_at" };
    let holds: Vec<String> = text
        .split_whitespace()
        .map(|word| format!("lower({column}) LIKE '%{}%'", word.to_lowercase().replace('\'', "")))
        .collect();
    let query = format!(
        "SELECT CAST({order} AS text) FROM {table} WHERE {} ORDER BY {order} DESC LIMIT {PAGE}",
        holds.join(" AND ")
    );
    let mut times = Vec::new();
    for _ in 0..LIKES {
        let began = Instant::now();
        database.rows(&query).await?;
        times.push(began.elapsed());
    }
    times.sort();
    Ok(times[LIKES / 2])
}

/// How many bytes the index takes.
async fn size(database: &Database) -> Result<i64> {
    let text = match database {
        Database::Sqlite(_) => "SELECT CAST(sum(pgsize) AS text) FROM dbstat WHERE name LIKE 'search%'",
        Database::Postgres(_) => {
            "SELECT (pg_total_relation_size('search_doc') + pg_total_relation_size('search_word') + \
             pg_total_relation_size('search_slice'))::text"
        }
    };
    database.number(text).await
}
