//! What the product costs while nothing happens.

use super::ingest::install;
use super::report::Row;
use super::stats::median;
use super::{Context, Engine, Part};
use crate::Result;
use std::time::Duration;

/// Memory, start, size.
pub async fn run(context: &Context) -> Result<Part> {
    let (site, mut node) = install(context, Engine::Sqlite).await?;
    let mut starts = Vec::new();
    for _ in 0..5 {
        node.process.kill();
        let (again, took) = site.start(0).await?;
        node = again;
        starts.push(took.as_secs_f64() * 1000.0);
    }
    // As much as the workers' first rounds need.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let megabytes = node.process.resident() as f64 / 1e6;
    let size = std::fs::metadata(&context.binary)?.len() as f64 / 1e6;
    let rows = vec![
        Row::new("start to ready after kill -9, SQLite", median(&starts), "ms").want(500.0, 50.0),
        Row::new("idle memory, SQLite", megabytes, "MB").want(80.0, 30.0),
        Row::new("binary", size, "MB").want(60.0, 40.0),
    ];
    Ok(Part { rows, ..Part::default() })
}
