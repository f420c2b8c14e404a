//! The schema's history: one tree for both databases.
//!
//! Each step runs in one transaction together with its record, so an interrupted migration is simply started again.

mod assumptions;
mod builder;
mod m0001_start;
mod m0001_tables;
mod m0002_templates;
mod m0004_cost;
mod m0005_account_event;
mod m0006_provider;
mod m0007_route;
mod m0008_retention;
mod m0010_campaigns;
mod m0011_event_key;
mod m0012_work;
mod m0013_routing;
mod m0014_quick_replies;
mod m0015_search;
mod m0016_heard;
mod m0017_watch_heard;
mod m0019_prepared;
mod m0021_trail;
mod m0022_push;
mod m0023_guide;
mod m0024_practice;
mod m0025_tags;
mod m0026_reply_files;
mod m0027_rules;
mod m0028_number_provider;
mod m0030_matters;
mod m0031_conflicts;
mod m0032_shop;
mod m0033_backtests;
mod m0034_rule_limits;
mod m0035_calls;
mod m0036_likeness;
mod m0039_webhooks;
mod m0040_understanding;
mod m0041_coupons;

use crate::connect;
use crate::error::{Error, Result};
use crate::sql;
use crate::store::Backend;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use sea_orm_migration::{MigrationTrait, MigratorTrait};

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_start::Migration),
            Box::new(m0002_templates::STEP),
            Box::new(m0004_cost::STEP),
            Box::new(m0005_account_event::STEP),
            Box::new(m0006_provider::STEP),
            Box::new(m0007_route::STEP),
            Box::new(m0008_retention::STEP),
            Box::new(m0010_campaigns::STEP),
            Box::new(m0011_event_key::STEP),
            Box::new(m0012_work::STEP),
            Box::new(m0013_routing::STEP),
            Box::new(m0014_quick_replies::STEP),
            Box::new(m0015_search::Migration),
            Box::new(m0016_heard::Migration),
            Box::new(m0017_watch_heard::STEP),
            Box::new(m0019_prepared::STEP),
            Box::new(m0021_trail::STEP),
            Box::new(m0022_push::STEP),
            Box::new(m0023_guide::STEP),
            Box::new(m0024_practice::STEP),
            Box::new(m0025_tags::Migration),
            Box::new(m0026_reply_files::STEP),
            Box::new(m0027_rules::STEP),
            Box::new(m0028_number_provider::STEP),
            Box::new(m0030_matters::STEP),
            Box::new(m0031_conflicts::STEP),
            Box::new(m0032_shop::STEP),
            Box::new(m0033_backtests::STEP),
            Box::new(m0034_rule_limits::STEP),
            Box::new(m0035_calls::STEP),
            Box::new(m0040_understanding::STEP),
            Box::new(m0036_likeness::STEP),
            Box::new(m0041_coupons::STEP),
            Box::new(m0039_webhooks::STEP),
        ]
    }
}

/// Names one lock among those an application may take in PostgreSQL ("rapport" in ASCII).
const ADVISORY_LOCK: i64 = 0x0072_6170_706f_7274;

/// The migrations this program knows, oldest first.
pub(crate) fn known() -> Vec<String> {
    Migrator::migrations().iter().map(|step| step.name().to_owned()).collect()
}

/// The migrations the database has, oldest first; empty for a new database.
pub(crate) async fn applied(connection: &DatabaseConnection, backend: Backend) -> Result<Vec<String>> {
    let exists = match backend {
        Backend::Sqlite => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'",
        Backend::Postgres => "SELECT 1 WHERE to_regclass('seaql_migrations') IS NOT NULL",
    };
    if connection.query_one_raw(sql::plain(backend, exists)).await?.is_none() {
        return Ok(Vec::new());
    }
    let rows =
        connection.query_all_raw(sql::plain(backend, "SELECT version FROM seaql_migrations ORDER BY version")).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Refuses a database that a newer program has changed.
pub(crate) async fn check(connection: &DatabaseConnection, backend: Backend) -> Result<()> {
    let known = known();
    let unknown = applied(connection, backend).await?.into_iter().rfind(|name| !known.contains(name));
    match unknown {
        None => Ok(()),
        Some(found) => Err(Error::TooNew { found, known: known.last().cloned().unwrap_or_default() }),
    }
}

/// Brings the schema up to date; several nodes may try at once.
pub(crate) async fn run(connection: &DatabaseConnection, backend: Backend) -> Result<()> {
    check(connection, backend).await?;
    match backend {
        Backend::Sqlite => {
            Migrator::up(connection, None).await?;
            assumptions::write(connection).await?;
        }
        Backend::Postgres => run_locked(connection).await?,
    }
    Ok(())
}

/// One node migrates, the others wait for it. The lock belongs to a connection of its own, because every step
/// commits separately. Neither has a limit of time, except for waiting: a step that would end too late on a large
/// database would end too late at every start.
async fn run_locked(connection: &DatabaseConnection) -> Result<()> {
    let patient = connect::patient(connection).await?;
    let outcome = migrate_locked(&patient).await;
    // This also gives the lock back when something failed.
    let closed = patient.close().await;
    outcome?;
    Ok(closed?)
}

async fn migrate_locked(patient: &DatabaseConnection) -> Result<()> {
    let mut guard = patient.get_postgres_connection_pool().acquire().await?;
    sea_orm::sqlx::query("SET lock_timeout = '10min'").execute(&mut *guard).await?;
    sea_orm::sqlx::query("SELECT pg_advisory_lock($1)").bind(ADVISORY_LOCK).execute(&mut *guard).await?;
    Migrator::up(patient, None).await?;
    sea_orm::sqlx::query("SELECT pg_advisory_unlock($1)").bind(ADVISORY_LOCK).execute(&mut *guard).await?;
    Ok(())
}
