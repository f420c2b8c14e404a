//! Raw insert rate of SQLite: one thread, `synchronous=FULL`, 500 rows a commit, a random unique 16-byte key.

use crate::Result;
use crate::generate::Corpus;
use rusqlite::Connection;
use std::path::Path;
use std::time::{Duration, Instant};

/// Opens a database with the settings that every comparison uses.
pub fn open(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    Ok(connection)
}

/// Inserts for `time` and returns rows per second.
pub fn rate(path: &Path, corpus: &Corpus, time: Duration) -> Result<f64> {
    let mut connection = open(path)?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS raw (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, body BLOB NOT NULL)",
    )?;
    let start = Instant::now();
    let mut rows = 0_u64;
    // Keys must be new in each call, even on the same file.
    let mut key = [0_u8; 16];
    while start.elapsed() < time {
        let transaction = connection.transaction()?;
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO raw (key, body) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
            for _ in 0..500 {
                rand::Rng::fill(&mut rand::rng(), &mut key);
                insert.execute((&key[..], corpus.body(usize::try_from(rows)? % corpus.len())))?;
                rows += 1;
            }
        }
        transaction.commit()?;
    }
    Ok(rows as f64 / start.elapsed().as_secs_f64())
}
