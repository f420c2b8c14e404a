//! Breaks things on purpose and judges what is left (perf-reliability.md §2).

mod again;
mod answers;
mod bombs;
mod campaign;
mod clocks;
mod crm;
mod disk;
mod duplicates;
mod forged;
mod journal;
mod kill;
mod media;
mod mutant;
mod order;
mod overload;
mod pause;
mod report;
mod route;
mod rules;
mod scene;
mod sends;
mod split;
mod storm;
mod strangers;

use crate::Result;
use crate::site::postgres::Postgres;
use crate::site::product;
use report::Report;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

/// What every fault test gets.
pub struct Context {
    /// The product.
    pub binary: PathBuf,
    /// Many rounds instead of few.
    pub long: bool,
    /// Seed of every random choice; printed, so that a failure can be repeated.
    pub seed: u64,
    /// A private cluster.
    pub postgres: Option<Postgres>,
    /// What was found.
    pub report: Report,
}

impl Context {
    /// The cluster, or why there is none.
    pub fn cluster(&self) -> Result<&Postgres> {
        self.postgres.as_ref().ok_or_else(|| "there is no PostgreSQL on this machine".into())
    }
}

type Test = for<'c> fn(&'c Context) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'c>>;

/// Fault tests by name, with the fault classes they stand for.
const TESTS: &[(&str, &str, Test)] = &[
    ("forged", "F9 forged signatures", |context| Box::pin(forged::run(context))),
    ("strangers", "F10 unknown number and channel", |context| Box::pin(strangers::run(context))),
    ("bombs", "F34 F35 bombs", |context| Box::pin(bombs::run(context))),
    ("duplicates", "F8 F14 parallel duplicates", |context| Box::pin(duplicates::run(context))),
    ("order", "F7 shuffled and repeated events", |context| Box::pin(order::run(context))),
    ("sends", "F12 ambiguous sends", |context| Box::pin(sends::run(context))),
    ("route", "F50 a route that flaps", |context| Box::pin(route::run(context))),
    ("again", "F13 a failed message is tried again from two tabs", |context| Box::pin(again::run(context))),
    ("storm", "F11 a storm of refusals", |context| Box::pin(storm::run(context))),
    ("answers", "F11 answers while a campaign is refused", |context| Box::pin(answers::run(context))),
    ("campaign-sqlite", "F15 a campaign is killed on the way, SQLite", |context| Box::pin(campaign::sqlite(context))),
    ("campaign", "F15 a campaign is started twice and its nodes are killed, PostgreSQL", |context| {
        Box::pin(campaign::postgres(context))
    }),
    ("rules-sqlite", "I5 rules that wait while their process is killed, SQLite", |context| {
        Box::pin(rules::sqlite(context))
    }),
    ("rules", "I5 rules that wait while their nodes are killed, PostgreSQL", |context| {
        Box::pin(rules::postgres(context))
    }),
    ("crm", "F17 F18 F21 F22 F23 two systems in step, whatever happens between them", |context| {
        Box::pin(crm::sync(context))
    }),
    ("crm-slow", "F16 a CRM that does not answer", |context| Box::pin(crm::slow(context))),
    ("media", "F33 files that are not what they seem", |context| Box::pin(media::run(context))),
    ("kill-sqlite", "F1 F24 kill -9 on SQLite", |context| Box::pin(kill::sqlite(context))),
    ("mutant", "an acknowledgement before the commit is caught", |context| Box::pin(mutant::run(context))),
    ("kill-postgres", "F1 F28 F30 kill -9 of two nodes on PostgreSQL", |context| Box::pin(kill::postgres(context))),
    ("pause", "F28 a paused node on PostgreSQL", |context| Box::pin(pause::run(context))),
    ("split", "F29 whoever sends is stopped within a second", |context| Box::pin(split::run(context))),
    ("clocks", "F6 clocks that are minutes apart", |context| Box::pin(clocks::run(context))),
    ("overload", "F48 overload", |context| Box::pin(overload::run(context))),
    ("disk", "F3 disk full", |context| Box::pin(disk::run(context))),
];

/// Options of the command.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Only these, separated by commas
    #[arg(long)]
    only: Option<String>,
    /// Test the release binary instead of the development one
    #[arg(long)]
    release: bool,
    /// Seed of every random choice; the default is a new one each time
    #[arg(long)]
    seed: Option<u64>,
}

/// Runs the tests; true when all passed. RAPPORT_FAULTS=long means many rounds.
pub async fn run(options: &Options) -> Result<bool> {
    let long = std::env::var("RAPPORT_FAULTS").is_ok_and(|form| form == "long");
    let seed = options.seed.unwrap_or_else(|| rand::random::<u32>().into());
    println!("faults: {} form, seed {seed}", if long { "long" } else { "short" });
    crate::site::forget_logs()?;
    let postgres = match Postgres::start(128).await {
        Ok(cluster) => Some(cluster),
        Err(error) => {
            println!("faults: no PostgreSQL: {error}");
            None
        }
    };
    let binary = product::binary(options.release)?;
    let context = Context { binary, long, seed, postgres, report: Report::default() };
    let wanted: Option<Vec<&str>> = options.only.as_ref().map(|names| names.split(',').collect());
    if let Some(unknown) = wanted.iter().flatten().find(|name| TESTS.iter().all(|(known, ..)| known != *name)) {
        return Err(format!("no such fault test: {unknown}").into());
    }
    let limit = Duration::from_secs(if long { 3_600 } else { 240 });
    for (name, title, test) in TESTS {
        if wanted.as_ref().is_some_and(|wanted| !wanted.contains(name)) {
            continue;
        }
        let began = std::time::Instant::now();
        println!("-- {title} ({name})");
        match tokio::time::timeout(limit, test(&context)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => context.report.fail(title, &error.to_string()),
            Err(_) => context.report.fail(title, &format!("not done after {} s", limit.as_secs())),
        }
        println!("   {:.1} s", began.elapsed().as_secs_f64());
    }
    let (passed, failed) = context.report.counts();
    println!("faults: {passed} passed, {failed} failed");
    Ok(failed == 0 && passed > 0)
}
