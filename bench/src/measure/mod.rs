//! The benchmark: what the product does, beside what the same machine can do at all, in the same minutes.

mod compare;
mod idle;
mod ingest;
pub mod latency;
mod report;
mod rules;
mod search;
mod stats;
mod sync;
mod visible;

use crate::Result;
use crate::site::postgres::Postgres;
use crate::site::{Scratch, product};
use report::Report;
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// About two minutes: short windows, few pairs
    #[arg(long)]
    quick: bool,
    /// Measure the development build: for trying the tool, not the product
    #[arg(long)]
    debug: bool,
    /// Only these, separated by commas: idle, ack, full, latency, visible, rules, sync, python; `references` measures the
    /// machine without the product; `search`, which is measured only when it is named, fills a database with messages
    #[arg(long)]
    only: Option<String>,
    /// Messages that `search` looks through
    #[arg(long, default_value_t = 200_000)]
    messages: u64,
    /// Seed of the generated deliveries
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Directory that keeps the databases `search` fills; with one that has them, they are asked and not filled again
    #[arg(long, requires = "only")]
    keep: Option<PathBuf>,
}

/// How much is measured.
pub struct Context {
    /// The product.
    pub binary: PathBuf,
    /// One throughput window.
    pub window: Duration,
    /// One latency window.
    pub latency: Duration,
    /// Pairs of ours and reference.
    pub pairs: usize,
    /// Events of one full-path run.
    pub events: usize,
    /// How often a window is repeated when the machine was busy.
    pub again: usize,
    /// Messages that are searched.
    pub messages: u64,
    /// Seed of what is delivered.
    pub seed: u64,
    /// Where filled databases stay.
    pub keep: Option<PathBuf>,
    /// A private cluster.
    pub postgres: Option<Postgres>,
}

/// Which database is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The default.
    Sqlite,
    /// The other.
    Postgres,
}

impl Engine {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// Measures; true when nothing was lost and no floor surely missed.
pub async fn run(options: &Options) -> Result<bool> {
    let mut report = Report::default();
    crate::site::forget_logs()?;
    let postgres = cluster(options, &mut report).await?;
    let quick = options.quick;
    let alone = options.only.as_deref() == Some("references");
    // Search is asked in this process: no product is started.
    let searches = options.only.as_deref() == Some("search");
    let context = Context {
        binary: if alone || searches { PathBuf::new() } else { product::binary(!options.debug)? },
        window: Duration::from_secs(if quick { 1 } else { 3 }),
        latency: Duration::from_secs(if quick { 4 } else { 20 }),
        pairs: if quick { 2 } else { 8 },
        events: if quick { 6_000 } else { 30_000 },
        again: if quick { 0 } else { 2 },
        messages: options.messages.max(1_000),
        seed: options.seed,
        keep: options.keep.clone(),
        postgres,
    };
    let wanted = |name: &str| options.only.as_ref().is_none_or(|only| only.split(',').any(|one| one == name));
    let mut engines = vec![Engine::Sqlite];
    if context.postgres.is_some() {
        engines.push(Engine::Postgres);
    }
    println!("measuring ({})", if quick { "quick" } else { "full" });
    if alone {
        for engine in &engines {
            note(&mut report, "references", ingest::references(&context, *engine).await);
        }
        note(&mut report, "references", compare::reference(&context).await);
        return report.finish(&json!({"quick": quick, "references": true, "seed": options.seed}));
    }
    if wanted("idle") {
        note(&mut report, "idle", idle::run(&context).await);
    }
    if wanted("rules") {
        note(&mut report, "rules", rules::core(&context).await);
    }
    for engine in engines {
        if wanted("ack") {
            note(&mut report, "ack", ingest::acks(&context, engine).await);
        }
        if wanted("full") {
            note(&mut report, "full", ingest::full(&context, engine).await);
        }
        if wanted("latency") {
            note(&mut report, "latency", latency::run(&context, engine).await);
        }
        if wanted("visible") {
            note(&mut report, "visible", visible::run(&context, engine).await);
        }
        if wanted("rules") {
            note(&mut report, "rules", rules::full(&context, engine).await);
        }
        if wanted("sync") {
            note(&mut report, "sync", sync::run(&context, engine).await);
        }
        if options.only.is_some() && wanted("search") {
            note(&mut report, "search", search::run(&context, engine).await);
        }
    }
    if wanted("python") {
        note(&mut report, "python", compare::python(&context).await);
    }
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    report.finish(&json!({"quick": quick, "debug_build": options.debug, "cores": cores, "seed": options.seed}))
}

/// The cluster that is measured; where none can be started, the report says so.
async fn cluster(options: &Options, report: &mut Report) -> Result<Option<Postgres>> {
    let cluster = match &options.keep {
        Some(keep) => Postgres::start_in(Scratch::kept(keep.join("postgres"))?, 1_024).await,
        None => Postgres::start(1_024).await,
    };
    Ok(match cluster {
        Ok(cluster) => Some(cluster),
        Err(error) => {
            report.missing.push(format!("PostgreSQL: {error}"));
            None
        }
    })
}

/// Figures of one part, and what its ingest runs lost.
#[derive(Default)]
pub struct Part {
    /// Figures.
    pub rows: Vec<report::Row>,
    /// Acked events lost or doubled.
    pub lost: u64,
    /// Runs checked.
    pub checked: u64,
}

fn note(report: &mut Report, name: &str, part: Result<Part>) {
    match part {
        Ok(part) => {
            report.lost += part.lost;
            report.checked += part.checked;
            for row in part.rows {
                report.add(row);
            }
        }
        Err(error) => {
            println!("  {name}: {error}");
            report.missing.push(format!("{name}: {error}"));
        }
    }
}
