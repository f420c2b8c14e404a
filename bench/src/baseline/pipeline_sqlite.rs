//! The whole inbound work as plain SQL on one thread: raw event, contact, conversation, message, counters, statuses.
//! Nothing is decided, shown, searched or audited: it is the price of the rows alone.

use super::raw_sqlite::open;
use crate::Result;
use crate::generate::{Corpus, Event, Kind, customer_ids};
use rusqlite::{OptionalExtension, Transaction};
use std::path::Path;
use std::time::Instant;

const SCHEMA: &str = "
CREATE TABLE raw (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, body BLOB NOT NULL);
CREATE TABLE contact (id INTEGER PRIMARY KEY, wa_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, last_at INTEGER NOT NULL);
CREATE TABLE conversation (id INTEGER PRIMARY KEY, contact_id INTEGER NOT NULL UNIQUE, unread INTEGER NOT NULL,
  preview TEXT NOT NULL, last_at INTEGER NOT NULL, expires_at INTEGER NOT NULL);
CREATE INDEX conversation_latest ON conversation (last_at);
CREATE TABLE message (id INTEGER PRIMARY KEY, conversation_id INTEGER NOT NULL, key BLOB NOT NULL UNIQUE,
  direction INTEGER NOT NULL, at INTEGER NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX message_thread ON message (conversation_id, at);
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE log (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, message INTEGER);
";

/// Works through the corpus, 500 events a commit, and returns events per second.
pub fn rate(path: &Path, corpus: &Corpus) -> Result<f64> {
    let mut connection = open(path)?;
    connection.execute_batch(SCHEMA)?;
    connection.set_prepared_statement_cache_capacity(32);
    let start = Instant::now();
    let mut delivery = 0;
    while delivery < corpus.len() {
        let end = (delivery + 500).min(corpus.len());
        let transaction = connection.transaction()?;
        for place in delivery..end {
            let json: serde_json::Value = serde_json::from_slice(corpus.body(place))?;
            for event in corpus.events_of(place) {
                take(&transaction, corpus, event, corpus.body(place), &json)?;
            }
        }
        transaction
            .prepare_cached("INSERT INTO counter VALUES ('received', ?1) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value")?
            .execute([i64::try_from(end - delivery)?])?;
        transaction.commit()?;
        delivery = end;
    }
    Ok(corpus.events.len() as f64 / start.elapsed().as_secs_f64())
}

fn take(
    transaction: &Transaction<'_>,
    corpus: &Corpus,
    event: &Event,
    body: &[u8],
    json: &serde_json::Value,
) -> Result<()> {
    let wamid = corpus.wamid(event);
    let key = crate::sign::event_key(event, &wamid).unwrap_or_else(rand::random::<[u8; 16]>);
    transaction
        .prepare_cached("INSERT INTO raw (key, body) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute((&key[..], body))?;
    match event.kind {
        Kind::Status(step) => {
            let message = crate::sign::event_key(&Event { kind: Kind::Echo, ..*event }, &wamid).unwrap_or_default();
            let found: Option<i64> = transaction
                .prepare_cached("UPDATE message SET status = max(status, ?2) WHERE key = ?1 RETURNING id")?
                .query_row((&message[..], step as i64), |row| row.get(0))
                .optional()?;
            log(transaction, "message.updated", found)
        }
        Kind::Inbound | Kind::Echo => line(transaction, event, &key, json),
        Kind::Reaction | Kind::Notice => log(transaction, "other", None),
    }
}

fn line(transaction: &Transaction<'_>, event: &Event, key: &[u8; 16], json: &serde_json::Value) -> Result<()> {
    let value = &json["entry"][0]["changes"][0]["value"];
    let list = if event.kind == Kind::Echo { "message_echoes" } else { "messages" };
    let text = value[list][0]["text"]["body"].as_str().unwrap_or("[media]");
    let name = value["contacts"][0]["profile"]["name"].as_str().unwrap_or("");
    let (wa_id, _) = customer_ids(event.customer);
    let contact: i64 = transaction
        .prepare_cached(
            "INSERT INTO contact (wa_id, name, last_at) VALUES (?1, ?2, ?3) \
             ON CONFLICT (wa_id) DO UPDATE SET last_at = max(last_at, excluded.last_at) RETURNING id",
        )?
        .query_row((&wa_id, name, event.at), |row| row.get(0))?;
    let inbound = i64::from(event.kind == Kind::Inbound);
    let conversation: i64 = transaction
        .prepare_cached(
            "INSERT INTO conversation (contact_id, unread, preview, last_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (contact_id) DO UPDATE SET unread = unread + excluded.unread, preview = excluded.preview, \
             last_at = excluded.last_at, expires_at = excluded.expires_at RETURNING id",
        )?
        .query_row((contact, inbound, text, event.at, event.at + 86_400), |row| row.get(0))?;
    let message = transaction
        .prepare_cached(
            "INSERT INTO message (conversation_id, key, direction, at, status, body) VALUES (?1, ?2, ?3, ?4, 0, ?5) \
             ON CONFLICT DO NOTHING",
        )?
        .insert((conversation, &key[..], inbound, event.at, text))?;
    log(transaction, "message.created", Some(message))
}

fn log(transaction: &Transaction<'_>, kind: &str, message: Option<i64>) -> Result<()> {
    transaction.prepare_cached("INSERT INTO log (kind, message) VALUES (?1, ?2)")?.execute((kind, message))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{Channel, Plan};
    use crate::site::Scratch;

    #[test]
    fn it_stores_what_the_corpus_says() {
        let corpus = Corpus::new(&Plan::new(5, 3_000, Channel::default()));
        let scratch = Scratch::new("pipeline-test").expect("a directory");
        let path = scratch.path().join("pipeline.db");
        assert!(rate(&path, &corpus).expect("it runs") > 0.0);
        let connection = open(&path).expect("the file");
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a number");
        let lines = corpus.events.iter().filter(|event| matches!(event.kind, Kind::Inbound | Kind::Echo)).count();
        assert_eq!(count("SELECT COUNT(*) FROM message"), i64::try_from(lines).expect("small"));
        assert_eq!(count("SELECT COUNT(*) FROM raw"), 3_000);
        assert!(count("SELECT COUNT(*) FROM message WHERE status > 0") > 300);
    }
}
