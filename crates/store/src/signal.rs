//! Words between nodes that nobody needs to keep: heard by whoever listens just then, on PostgreSQL. On SQLite there is one
//! process and nothing to say.
//!
//! Each is a transaction of its own: a commit that notifies waits for every other one that does, which nothing that
//! matters should.

use crate::error::Result;
use crate::sql;
use crate::store::{Backend, Store};
use sea_orm::ConnectionTrait;
use sea_orm::sqlx::postgres::{PgListener, PgPoolOptions};
use std::time::Duration;

/// The name of the channel in the database.
const CHANNEL: &str = "rapport_passing";
/// The longest word, in bytes; the database refuses 8,000.
pub const LONGEST: usize = 7_900;
/// How long a connection is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Says something to every node that listens, this one too.
///
/// # Errors
/// What the database said.
pub async fn say(store: &Store, word: &str) -> Result<()> {
    if store.backend() == Backend::Sqlite || word.len() > LONGEST {
        return Ok(());
    }
    let values = [CHANNEL.into(), word.into()];
    store.readers().query_one_raw(sql::with(Backend::Postgres, "SELECT pg_notify($1, $2)", values)).await?;
    Ok(())
}

/// Hears what nodes say, from now on.
pub struct Ear(PgListener);

impl Ear {
    /// Begins to listen, on a connection of its own; `None` on SQLite.
    ///
    /// # Errors
    /// What the database said.
    pub async fn open(store: &Store) -> Result<Option<Self>> {
        if store.backend() == Backend::Sqlite {
            return Ok(None);
        }
        let options = store.readers().get_postgres_connection_pool().connect_options();
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE).idle_timeout(None);
        let mut listener = PgListener::connect_with(&pool.connect_with(options.as_ref().clone()).await?).await?;
        listener.listen(CHANNEL).await?;
        Ok(Some(Self(listener)))
    }

    /// The next word. What is said while the connection is being made anew is not heard.
    ///
    /// # Errors
    /// What the database said; listen again then.
    pub async fn hear(&mut self) -> Result<String> {
        Ok(self.0.recv().await?.payload().to_owned())
    }
}
