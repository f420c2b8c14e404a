//! Databases for tests: an own SQLite file, or an own database on a PostgreSQL server that all tests of a run share.
//!
//! The server is found or started by [`cluster`]; `RAPPORT_TEST_POSTGRES_URL` names another one whose user may create
//! databases. It is not stopped at the end of a test, because every test is a process of its own: a watchdog stops it
//! a quarter of an hour after its last use.

mod cluster;

use crate::connect::Options;
use crate::error::{Error, Result};
use crate::store::{Backend, Store};
use sea_orm::sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::time::Duration;
use uuid::Uuid;

/// A migrated, empty database of its own. Call [`TestStore::finish`] at the end; a test that fails leaves its
/// PostgreSQL database behind for a look.
pub struct TestStore {
    /// The open store.
    pub store: Store,
    url: String,
    // Held for its Drop: removes the SQLite file.
    folder: Option<tempfile::TempDir>,
    admin: Option<(String, String)>,
}

impl TestStore {
    /// Opens a fresh database of the given kind.
    ///
    /// # Errors
    /// What went wrong, with what to install when PostgreSQL is missing.
    pub async fn open(backend: Backend) -> Result<Self> {
        match backend {
            Backend::Sqlite => Self::sqlite().await,
            Backend::Postgres => Self::postgres().await,
        }
    }

    /// A fresh SQLite file.
    ///
    /// # Errors
    /// What went wrong.
    pub async fn sqlite() -> Result<Self> {
        let folder = tempfile::tempdir().map_err(|error| Error::Unavailable(format!("temporary folder: {error}")))?;
        let url = format!("sqlite://{}/rapport.db", folder.path().display());
        let store = Store::open(&options(&url)).await?;
        store.migrate().await?;
        Ok(Self { store, url, folder: Some(folder), admin: None })
    }

    /// A fresh PostgreSQL database, copied from a migrated one.
    ///
    /// # Errors
    /// What went wrong, with what to install when PostgreSQL is missing.
    pub async fn postgres() -> Result<Self> {
        let server = cluster::server().await?;
        let name = format!("t_{}", crate::ids::random_id().simple());
        cluster::execute(&server.admin, &format!("CREATE DATABASE {name} TEMPLATE {}", server.template)).await?;
        let url = cluster::with_database(&server.admin, &name);
        let store = Store::open(&options(&url)).await?;
        Ok(Self { store, url, folder: None, admin: Some((server.admin, name)) })
    }

    /// Another process on the same database, with a node identity of its own.
    ///
    /// # Errors
    /// What went wrong.
    pub async fn another_node(&self) -> Result<Store> {
        Store::open(&options(&self.url)).await
    }

    /// The database's URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Closes the store and removes the database.
    ///
    /// # Errors
    /// What went wrong.
    pub async fn finish(self) -> Result<()> {
        self.store.close().await?;
        drop(self.folder);
        if let Some((admin, name)) = self.admin {
            cluster::execute(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        }
        Ok(())
    }
}

fn options(url: &str) -> Options {
    Options {
        max_connections: 10,
        acquire_timeout: Duration::from_secs(30),
        node_name: "test".to_owned(),
        ..Options::new(url)
    }
}

async fn connect(url: &str) -> Result<PgConnection> {
    Ok(PgConnection::connect(url).await?)
}

async fn run(url: &str, sql: &str) -> Result<()> {
    let mut connection = connect(url).await?;
    sea_orm::sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// One number that a statement returns, past all doors: lets tests look at what a call left behind.
///
/// # Errors
/// What the database said.
pub async fn number(store: &Store, sql: &str) -> Result<i64> {
    use sea_orm::ConnectionTrait;
    let row = store.writer().query_one_raw(crate::sql::plain(store.backend(), sql)).await?;
    row.map_or(Err(Error::NotFound("row")), |row| Ok(row.try_get_by_index(0)?))
}

/// One id that a statement returns, past all doors, in its text form.
///
/// # Errors
/// What the database said.
pub async fn text(store: &Store, sql: &str) -> Result<String> {
    use sea_orm::ConnectionTrait;
    let row = store.writer().query_one_raw(crate::sql::plain(store.backend(), sql)).await?;
    let id: Uuid = row.map_or(Err(Error::NotFound("row")), |row| Ok(row.try_get_by_index(0)?))?;
    Ok(id.to_string())
}

/// Runs a statement past all doors: lets tests prepare what no call of the program would.
///
/// # Errors
/// What the database said.
pub async fn execute(store: &Store, sql: &str) -> Result<u64> {
    use sea_orm::ConnectionTrait;
    Ok(store.writer().execute_raw(crate::sql::plain(store.backend(), sql)).await?.rows_affected())
}

/// Reads one row of every entity: fails when an entity and its table do not fit.
///
/// # Errors
/// What does not fit.
pub async fn select_all_entities(store: &Store) -> Result<()> {
    use crate::entity::*;
    use sea_orm::EntityTrait;
    macro_rules! select {
        ($($name:ident),+) => {$(
            $name::Entity::find().one(store.readers()).await?;
        )+};
    }
    select!(
        agent,
        api_token,
        audit_log,
        channel,
        channel_route,
        closing,
        closing_category,
        connection,
        consent,
        contact,
        contact_merge,
        contact_pair,
        contact_tag,
        conversation,
        cost_day,
        cost_rate,
        cost_thread,
        counter,
        event_log,
        idempotency,
        identity,
        job,
        lane,
        link,
        macro_row,
        mapping,
        matter,
        media,
        message,
        message_attempt,
        node,
        quick_reply,
        quick_reply_file,
        quick_reply_use,
        raw_event,
        reach,
        routing_place,
        routing_turn,
        rule,
        rule_backtest,
        rule_backtest_example,
        rule_run,
        rule_version,
        search_doc,
        send_lane,
        send_queue,
        session,
        setting,
        survey,
        sync_conflict,
        sync_log,
        tag,
        team,
        team_member,
        template,
        user,
        practice_room,
        practice_run,
        prepared,
        push_subscription,
        user_keys,
        workspace
    );
    Ok(())
}

/// How many rows a workspace has in each table that knows workspaces, past all doors; tables without any are left out.
///
/// # Errors
/// What the database said.
pub async fn rows_of(store: &Store, workspace: Uuid) -> Result<std::collections::BTreeMap<String, i64>> {
    use sea_orm::ConnectionTrait;
    let backend = store.backend();
    let tables = match backend {
        Backend::Sqlite => {
            "SELECT m.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c ON c.name = 'workspace_id' \
             WHERE m.type = 'table'"
        }
        Backend::Postgres => {
            "SELECT table_name::text FROM information_schema.columns WHERE table_schema = current_schema() \
             AND column_name = 'workspace_id'"
        }
    };
    let mut found = std::collections::BTreeMap::new();
    for row in store.writer().query_all_raw(crate::sql::plain(backend, tables)).await? {
        let table: String = row.try_get_by_index(0)?;
        let text = format!("SELECT count(*) FROM \"{table}\" WHERE workspace_id = $1");
        let row = store.writer().query_one_raw(crate::sql::with(backend, text, [workspace.into()])).await?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
        if count > 0 {
            found.insert(table, count);
        }
    }
    Ok(found)
}
