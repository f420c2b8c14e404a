//! The whole inbound work as set-based SQL on PostgreSQL: four sessions, 500 events a commit, customers split among
//! the sessions so that they do not wait for one another.

use crate::Result;
use crate::generate::{Corpus, Event, Kind, customer_ids};
use crate::site::postgres::Postgres;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use tokio_postgres::{Client, Statement};

const SESSIONS: u32 = 4;

const SCHEMA: &str = "
CREATE TABLE raw (id bigserial PRIMARY KEY, key bytea NOT NULL UNIQUE, body bytea NOT NULL);
CREATE TABLE contact (id bigserial PRIMARY KEY, wa_id text NOT NULL UNIQUE, name text NOT NULL, last_at bigint NOT NULL);
CREATE TABLE conversation (id bigserial PRIMARY KEY, contact_id bigint NOT NULL UNIQUE, unread bigint NOT NULL,
  preview text NOT NULL, last_at bigint NOT NULL);
CREATE TABLE message (id bigserial PRIMARY KEY, conversation_id bigint NOT NULL, key bytea NOT NULL UNIQUE,
  direction bigint NOT NULL, at bigint NOT NULL, status bigint NOT NULL, body text NOT NULL);
CREATE INDEX message_thread ON message (conversation_id, at);
CREATE TABLE counter (name text PRIMARY KEY, value bigint NOT NULL);
CREATE TABLE log (id bigserial PRIMARY KEY, kind text NOT NULL, key bytea NOT NULL);
";

const RAW: &str = "INSERT INTO raw (key, body) SELECT * FROM unnest($1::bytea[], $2::bytea[]) ON CONFLICT DO NOTHING";
const CONTACTS: &str = "INSERT INTO contact (wa_id, name, last_at) \
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) \
    ON CONFLICT (wa_id) DO UPDATE SET last_at = greatest(contact.last_at, excluded.last_at)";
const CONVERSATIONS: &str = "INSERT INTO conversation (contact_id, unread, preview, last_at) \
    SELECT c.id, v.unread, v.preview, v.at FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[]) \
    AS v(wa_id, unread, preview, at) JOIN contact c USING (wa_id) \
    ON CONFLICT (contact_id) DO UPDATE SET unread = conversation.unread + excluded.unread, \
    preview = excluded.preview, last_at = excluded.last_at";
const MESSAGES: &str = "INSERT INTO message (conversation_id, key, direction, at, status, body) \
    SELECT w.id, v.key, v.direction, v.at, 0, v.body \
    FROM unnest($1::text[], $2::bytea[], $3::bigint[], $4::bigint[], $5::text[]) AS v(wa_id, key, direction, at, body) \
    JOIN contact c USING (wa_id) JOIN conversation w ON w.contact_id = c.id ON CONFLICT DO NOTHING";
const STATUSES: &str = "UPDATE message m SET status = greatest(m.status, v.status) \
    FROM (SELECT key, max(status) AS status FROM unnest($1::bytea[], $2::bigint[]) AS u(key, status) GROUP BY key) v \
    WHERE m.key = v.key";
const LOG: &str = "INSERT INTO log (kind, key) SELECT 'event', key FROM unnest($1::bytea[]) AS v(key)";
const COUNT: &str =
    "INSERT INTO counter VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value";

/// Works through the corpus and returns events per second.
pub async fn rate(cluster: &Postgres, database: &str, corpus: &Arc<Corpus>) -> Result<f64> {
    cluster.connect(database).await?.batch_execute(SCHEMA).await?;
    let mut clients = Vec::new();
    for _ in 0..SESSIONS {
        clients.push(cluster.connect(database).await?);
    }
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for (session, client) in (0..).zip(clients) {
        let corpus = Arc::clone(corpus);
        tasks.spawn(async move { work(client, &corpus, session).await });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(corpus.events.len() as f64 / start.elapsed().as_secs_f64())
}

async fn work(mut client: Client, corpus: &Corpus, session: u32) -> Result<()> {
    let mut statements = Vec::new();
    for sql in [RAW, CONTACTS, CONVERSATIONS, MESSAGES, STATUSES, LOG, COUNT] {
        statements.push(client.prepare(sql).await?);
    }
    let mine: Vec<usize> =
        (0..corpus.len()).filter(|place| corpus.events_of(*place)[0].customer % SESSIONS == session).collect();
    for batch in mine.chunks(500) {
        let rows = Rows::of(corpus, batch)?;
        commit(&mut client, &statements, &rows, session).await?;
    }
    Ok(())
}

#[derive(Default)]
struct Rows<'a> {
    keys: Vec<Vec<u8>>,
    bodies: Vec<&'a [u8]>,
    /// Customer to (name, unread, preview, at): one row each, or one statement would meet a row twice.
    people: BTreeMap<String, (String, i64, String, i64)>,
    lines: Vec<(String, Vec<u8>, i64, i64, String)>,
    statuses: Vec<(Vec<u8>, i64)>,
}

impl<'a> Rows<'a> {
    fn of(corpus: &'a Corpus, batch: &[usize]) -> Result<Self> {
        let mut rows = Self::default();
        for place in batch {
            let json: serde_json::Value = serde_json::from_slice(corpus.body(*place))?;
            for event in corpus.events_of(*place) {
                rows.add(corpus, *place, event, &json);
            }
        }
        Ok(rows)
    }

    fn add(&mut self, corpus: &'a Corpus, place: usize, event: &Event, json: &serde_json::Value) {
        let wamid = corpus.wamid(event);
        let key = crate::sign::event_key(event, &wamid)
            .map_or_else(|| rand::random::<[u8; 16]>().to_vec(), |key| key.to_vec());
        self.keys.push(key.clone());
        self.bodies.push(corpus.body(place));
        match event.kind {
            Kind::Status(step) => {
                let message = crate::sign::event_key(&Event { kind: Kind::Echo, ..*event }, &wamid).unwrap_or_default();
                self.statuses.push((message.to_vec(), step as i64));
            }
            Kind::Inbound | Kind::Echo => {
                let inbound = i64::from(event.kind == Kind::Inbound);
                let value = &json["entry"][0]["changes"][0]["value"];
                let list = if event.kind == Kind::Echo { "message_echoes" } else { "messages" };
                let text = value[list][0]["text"]["body"].as_str().unwrap_or("[media]").to_owned();
                let name = value["contacts"][0]["profile"]["name"].as_str().unwrap_or("").to_owned();
                let (wa_id, _) = customer_ids(event.customer);
                let person = self.people.entry(wa_id.clone()).or_insert((name, 0, String::new(), 0));
                person.1 += inbound;
                person.2.clone_from(&text);
                person.3 = person.3.max(event.at);
                self.lines.push((wa_id, key, inbound, event.at, text));
            }
            Kind::Reaction | Kind::Notice => {}
        }
    }
}

async fn commit(client: &mut Client, statements: &[Statement], rows: &Rows<'_>, session: u32) -> Result<()> {
    let who: Vec<&str> = rows.people.keys().map(String::as_str).collect();
    let names: Vec<&str> = rows.people.values().map(|person| person.0.as_str()).collect();
    let unread: Vec<i64> = rows.people.values().map(|person| person.1).collect();
    let previews: Vec<&str> = rows.people.values().map(|person| person.2.as_str()).collect();
    let times: Vec<i64> = rows.people.values().map(|person| person.3).collect();
    let line_who: Vec<&str> = rows.lines.iter().map(|line| line.0.as_str()).collect();
    let line_keys: Vec<&[u8]> = rows.lines.iter().map(|line| line.1.as_slice()).collect();
    let directions: Vec<i64> = rows.lines.iter().map(|line| line.2).collect();
    let line_times: Vec<i64> = rows.lines.iter().map(|line| line.3).collect();
    let texts: Vec<&str> = rows.lines.iter().map(|line| line.4.as_str()).collect();
    let targets: Vec<&[u8]> = rows.statuses.iter().map(|status| status.0.as_slice()).collect();
    let steps: Vec<i64> = rows.statuses.iter().map(|status| status.1).collect();
    let transaction = client.transaction().await?;
    transaction.execute(&statements[0], &[&rows.keys, &rows.bodies]).await?;
    transaction.execute(&statements[1], &[&who, &names, &times]).await?;
    transaction.execute(&statements[2], &[&who, &unread, &previews, &times]).await?;
    transaction.execute(&statements[3], &[&line_who, &line_keys, &directions, &line_times, &texts]).await?;
    transaction.execute(&statements[4], &[&targets, &steps]).await?;
    transaction.execute(&statements[5], &[&rows.keys]).await?;
    transaction.execute(&statements[6], &[&format!("received-{session}"), &i64::try_from(rows.keys.len())?]).await?;
    transaction.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{Channel, Plan};
    use crate::site::database::Database;

    #[tokio::test(flavor = "multi_thread")]
    async fn it_stores_what_the_corpus_says() {
        let cluster = Postgres::start(32).await.expect("PostgreSQL is installed");
        cluster.create("pipeline").await.expect("a database");
        let corpus = Arc::new(Corpus::new(&Plan::new(5, 3_000, Channel::default())));
        assert!(rate(&cluster, "pipeline", &corpus).await.expect("it runs") > 0.0);
        let database = Database::Postgres(cluster.url("pipeline", "harness"));
        let lines = corpus.events.iter().filter(|event| matches!(event.kind, Kind::Inbound | Kind::Echo)).count();
        let count = async |sql: &str| database.number(sql).await.expect("a number");
        assert_eq!(count("SELECT COUNT(*) FROM message").await, i64::try_from(lines).expect("small"));
        assert_eq!(count("SELECT COUNT(*) FROM raw").await, 3_000);
        assert!(count("SELECT COUNT(*) FROM message WHERE status > 0").await > 300);
        cluster.create("raw").await.expect("a database");
        let rows =
            super::super::raw_postgres::rate(&cluster, "raw", &corpus, std::time::Duration::from_millis(200)).await;
        assert!(rows.expect("it runs") > 0.0);
    }
}
