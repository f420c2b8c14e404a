//! Small helpers around raw statements. Placeholders are written `$1`, `$2`, ... on both databases.

use crate::error::Result;
use crate::store::Backend;
use rapport_core::Ms;
use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, Statement, Value};

/// A statement without parameters.
pub(crate) fn plain(backend: Backend, sql: impl Into<String>) -> Statement {
    Statement::from_string(backend.into(), sql)
}

/// A statement with parameters.
pub(crate) fn with(backend: Backend, sql: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(backend.into(), sql, values)
}

/// A PostgreSQL array of smallints.
pub(crate) fn smallints(items: impl IntoIterator<Item = i16>) -> Value {
    let items = items.into_iter().map(|item| Value::SmallInt(Some(item))).collect();
    Value::Array(ArrayType::SmallInt, Some(Box::new(items)))
}

/// The moment that leases are measured by: the database server's clock, because nodes' clocks differ; on SQLite,
/// where there is one process, the caller's.
pub(crate) async fn lease_clock<C: ConnectionTrait>(connection: &C, backend: Backend, now: Ms) -> Result<Ms> {
    if backend == Backend::Sqlite {
        return Ok(now);
    }
    let text = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    let row = connection.query_one_raw(plain(backend, text)).await?;
    row.map_or(Ok(now), |row| Ok(Ms(row.try_get_by_index(0)?)))
}

/// `$from, $from+1, ...`: `count` placeholders for an `IN (...)` of few values.
pub(crate) fn places(from: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 5);
    for place in from..from + count {
        if place > from {
            text.push(',');
        }
        text.push('$');
        text.push_str(&place.to_string());
    }
    text
}
