//! Copies of an embedded database, and the proof that a copy is whole.

use crate::connect::Options;
use crate::error::{Error, Result};
use crate::sql;
use crate::store::{Backend, Store};
use crate::{migration, wal};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What a verified copy holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Bytes of the file.
    pub bytes: u64,
    /// Rows by table.
    pub rows: BTreeMap<String, i64>,
}

/// Tables that live work changes while the copy is made, so that their counts need not agree.
const MOVING: [&str; 4] = ["sqlite_sequence", "node", "lane", "send_lane"];

/// Writes a copy of the database to a new file and verifies it. Reading and writing go on meanwhile.
///
/// # Errors
/// `Invalid` on PostgreSQL, or when the file exists; `Full`; `Damaged` when the copy is not whole (it is removed).
pub async fn backup(store: &Store, path: &Path) -> Result<Report> {
    if store.backend() == Backend::Postgres {
        return Err(Error::Invalid(
            "PostgreSQL is backed up with its own tools: pg_dump -Fc \"$RAPPORT_DATABASE_URL\" > rapport.dump, or the \
             continuous archiving of your provider"
                .to_owned(),
        ));
    }
    if path.exists() {
        return Err(Error::Invalid(format!("{} exists; choose a new file", path.display())));
    }
    let target = path.to_str().ok_or_else(|| Error::Invalid("the path is not valid text".to_owned()))?;
    let partial = format!("{target}.partial");
    remove(Path::new(&partial))?;
    // A read connection: the copy is one snapshot, and the writer goes on.
    let before = row_counts(store.readers()).await?;
    let statement = sql::with(Backend::Sqlite, "VACUUM INTO $1", [partial.as_str().into()]);
    store.readers().execute_raw(statement).await?;
    let outcome = finish(&partial, path, &before).await;
    if outcome.is_err() {
        remove(Path::new(&partial))?;
    }
    outcome
}

async fn finish(partial: &str, path: &Path, before: &BTreeMap<String, i64>) -> Result<Report> {
    let failed = |error: std::io::Error| Error::Unavailable(format!("{partial}: {error}"));
    private(Path::new(partial)).map_err(failed)?;
    let report = check(Path::new(partial)).await?;
    for (table, rows) in before {
        let copied = report.rows.get(table).copied();
        let shrank = copied.is_none_or(|copied| copied == 0 && *rows > 0);
        if shrank && !MOVING.contains(&table.as_str()) {
            return Err(Error::Damaged(format!("the copy has {copied:?} rows in {table}, the database had {rows}")));
        }
    }
    let file = tokio::fs::File::open(partial).await.map_err(failed)?;
    file.sync_all().await.map_err(failed)?;
    tokio::fs::rename(partial, path).await.map_err(failed)?;
    if let Some(folder) = path.parent()
        && let Ok(folder) = tokio::fs::File::open(folder).await
    {
        folder.sync_all().await.map_err(failed)?;
    }
    Ok(report)
}

/// Checks a file made by [`backup`]: structure, indexes, schema version; counts its rows. The file is not changed in
/// what it holds.
///
/// # Errors
/// `Damaged` with what is wrong, `TooNew`, or `Unavailable` when it cannot be read.
pub async fn check(path: &Path) -> Result<Report> {
    let bytes =
        std::fs::metadata(path).map_err(|error| Error::Unavailable(format!("{}: {error}", path.display())))?.len();
    let options = Options { max_readers: 1, ..Options::new(format!("sqlite://{}", path.display())) };
    let handles = crate::connect::open(&options).await?;
    let outcome = inspect(&handles.writer, bytes).await;
    handles.readers.close_by_ref().await?;
    if let Some(checkpointer) = &handles.checkpointer {
        checkpointer.close_by_ref().await?;
    }
    wal::truncate(&handles.writer).await?;
    handles.writer.close_by_ref().await?;
    outcome
}

async fn inspect(connection: &DatabaseConnection, bytes: u64) -> Result<Report> {
    let rows = connection.query_all_raw(sql::plain(Backend::Sqlite, "PRAGMA integrity_check(20)")).await?;
    let mut problems = Vec::new();
    for row in &rows {
        let text: String = row.try_get_by_index(0)?;
        if text != "ok" {
            problems.push(text);
        }
    }
    if !problems.is_empty() {
        return Err(Error::Damaged(problems.join("; ")));
    }
    migration::check(connection, Backend::Sqlite).await?;
    if migration::applied(connection, Backend::Sqlite).await?.is_empty() {
        return Err(Error::Damaged("the file is not a database of Rapport".to_owned()));
    }
    Ok(Report { bytes, rows: row_counts(connection).await? })
}

async fn row_counts(connection: &DatabaseConnection) -> Result<BTreeMap<String, i64>> {
    // The full-text index is made of tables of its own; its integrity is checked, its rows are not ours to count.
    let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search\\_term%' ESCAPE '\\' ORDER BY name";
    let mut counts = BTreeMap::new();
    for row in connection.query_all_raw(sql::plain(Backend::Sqlite, names)).await? {
        let name: String = row.try_get_by_index(0)?;
        let text = format!("SELECT count(*) FROM \"{name}\"");
        let count = connection.query_one_raw(sql::plain(Backend::Sqlite, text)).await?;
        counts.insert(name, count.map_or(Ok(0), |row| row.try_get_by_index(0))?);
    }
    Ok(counts)
}

fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Error::Unavailable(format!("{}: {error}", path.display()))),
    }
}

fn private(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
