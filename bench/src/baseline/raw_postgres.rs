//! Raw insert rate of PostgreSQL: four sessions, 500 rows a statement and commit, a random unique 16-byte key.

use crate::Result;
use crate::generate::Corpus;
use crate::site::postgres::Postgres;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::Client;

const SESSIONS: usize = 4;
const ROWS: usize = 500;

/// Inserts for `time` and returns rows per second.
pub async fn rate(cluster: &Postgres, database: &str, corpus: &Arc<Corpus>, time: Duration) -> Result<f64> {
    let first = cluster.connect(database).await?;
    first
        .batch_execute(
            "CREATE TABLE IF NOT EXISTS raw (id bigserial PRIMARY KEY, key bytea NOT NULL UNIQUE, body bytea NOT NULL)",
        )
        .await?;
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for session in 0..SESSIONS {
        let client = cluster.connect(database).await?;
        let corpus = Arc::clone(corpus);
        tasks.spawn(async move { insert(&client, &corpus, session, start + time).await });
    }
    let mut rows = 0;
    while let Some(done) = tasks.join_next().await {
        rows += done??;
    }
    Ok(rows as f64 / start.elapsed().as_secs_f64())
}

async fn insert(client: &Client, corpus: &Corpus, session: usize, until: Instant) -> Result<u64> {
    let statement = client
        .prepare("INSERT INTO raw (key, body) SELECT * FROM unnest($1::bytea[], $2::bytea[]) ON CONFLICT DO NOTHING")
        .await?;
    let mut rows = 0;
    while Instant::now() < until {
        let keys: Vec<Vec<u8>> = (0..ROWS).map(|_| rand::random::<[u8; 16]>().to_vec()).collect();
        let bodies: Vec<&[u8]> = (0..ROWS)
            .map(|row| corpus.body((session * 7_919 + row + usize::try_from(rows).unwrap_or(0)) % corpus.len()))
            .collect();
        client.execute(&statement, &[&keys, &bodies]).await?;
        rows += ROWS as u64;
    }
    Ok(rows)
}
