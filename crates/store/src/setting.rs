//! Installation-wide settings: a key and a JSON value.

use crate::error::Result;
use crate::sql;
use crate::store::Store;
use sea_orm::{ConnectionTrait, Value};
use serde_json::Value as Json;

/// A setting, when it was set.
///
/// # Errors
/// What the database said.
pub async fn get(store: &Store, key: &str) -> Result<Option<Json>> {
    let statement = sql::with(store.backend(), "SELECT value FROM setting WHERE key = $1", [key.into()]);
    let row = store.readers().query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Sets a setting.
///
/// # Errors
/// What the database said.
pub async fn set(store: &Store, key: &str, value: Json) -> Result<()> {
    put(store, store.writer(), key, value).await
}

/// Sets a setting unless it is set, and returns what it is now: whoever comes first decides.
///
/// # Errors
/// What the database said.
pub async fn get_or_init(store: &Store, key: &str, value: Json) -> Result<Json> {
    let text = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
    let statement = sql::with(store.backend(), text, [key.into(), value.clone().into()]);
    store.writer().execute_raw(statement).await?;
    Ok(get(store, key).await?.unwrap_or(value))
}

async fn put<C: ConnectionTrait>(store: &Store, connection: &C, key: &str, value: Json) -> Result<()> {
    let text =
        "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    let values: [Value; 2] = [key.into(), value.into()];
    connection.execute_raw(sql::with(store.backend(), text, values)).await?;
    Ok(())
}

/// Sets a number unless a higher one is set.
pub(crate) async fn raise<C: ConnectionTrait>(store: &Store, connection: &C, key: &str, value: i64) -> Result<()> {
    let statement = sql::with(store.backend(), "SELECT value FROM setting WHERE key = $1", [key.into()]);
    let row = connection.query_one_raw(statement).await?;
    let known: Option<Json> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    if known.and_then(|known| known.as_i64()).is_none_or(|known| known < value) {
        put(store, connection, key, value.into()).await?;
    }
    Ok(())
}
