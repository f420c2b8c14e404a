//! `rapport migrate`

use super::output::{Failure, Output};
use crate::boot;
use crate::config::Config;
use serde_json::json;

/// Brings the schema up to date. `serve` does the same; this is for doing it before.
pub async fn run(config: &Config) -> Result<Output, Failure> {
    let store = boot::store(config).await?;
    let changed = !store.is_migrated().await?;
    store.migrate().await?;
    store.close().await?;
    let text = if changed { "The database is up to date now." } else { "The database was up to date." };
    Ok(Output::new(text, &json!({ "migrated": changed })))
}
