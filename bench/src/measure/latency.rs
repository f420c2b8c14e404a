//! Time to the answer at a fixed rate, counted from when each delivery should have begun; alone and with CPU hogs.

use super::ingest::{corpus, install, verdict};
use super::report::Row;
use super::stats::median;
use super::{Context, Engine, Part};
use crate::Result;
use crate::histogram::Histogram;
use crate::load::Load;
use crate::site::process::{Process, Quiet};
use std::process::Command;
use std::time::Duration;

const RATE: f64 = 1_000.0;

/// Processes that keep all cores busy, two on each.
struct Hogs(Vec<Process>);

impl Hogs {
    fn start(seconds: u64) -> Result<Self> {
        let own = std::env::current_exe()?;
        let log = crate::site::output()?.join("hogs.log");
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let hog = |_| Process::start(Command::new(&own).args(["hog", "--seconds", &seconds.to_string()]), &log);
        (0..cores * 2).map(hog).collect::<Result<_>>().map(Self)
    }
}

impl Drop for Hogs {
    fn drop(&mut self) {
        for hog in &mut self.0 {
            hog.kill();
        }
    }
}

/// Burns a core for a while; the command behind [`Hogs`].
pub fn hog(seconds: u64) {
    let until = std::time::Instant::now() + Duration::from_secs(seconds);
    let mut number = 1_u64;
    while std::time::Instant::now() < until {
        for _ in 0..100_000 {
            number = std::hint::black_box(number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        }
    }
}

/// Windows of one situation, each on a fresh installation: one alone says more about the machine than about us.
const WINDOWS: usize = 3;

/// Both situations on one engine; of each figure the median of the windows counts.
pub async fn run(context: &Context, engine: Engine) -> Result<Part> {
    let mut part = Part::default();
    for (how, hogs, floor, goal) in [("alone", false, 25.0, 5.0), ("with CPU hogs", true, 250.0, 50.0)] {
        let mut windows = Vec::with_capacity(WINDOWS);
        for _ in 0..WINDOWS {
            windows.push(window(context, engine, hogs, &mut part).await?);
        }
        let name = |what: &str| format!("{} ack {what} at {RATE:.0}/s, {how}", engine.name());
        let foreign = windows.iter().map(|window| window.foreign).fold(0.0, f64::max);
        let row = |what: &str, figure: fn(&Histogram) -> f64| {
            let all: Vec<f64> = windows.iter().map(|window| figure(&window.latency)).collect();
            Row::new(name(what), median(&all), "ms").beside(foreign).note(spread(&all))
        };
        part.rows.push(row("p50", |latency| latency.millis(0.5)));
        part.rows.push(row("p99", |latency| latency.millis(0.99)).want(floor, goal));
        part.rows.push(row("p99.9", |latency| latency.millis(0.999)));
        let longest = windows.iter().map(|window| window.latency.max()).max().unwrap_or_default();
        let answered: usize = windows.iter().map(|window| window.answered).sum();
        let note = format!("of all windows; {answered} answered 200 of {}", windows.len() * measured(context));
        let row = Row::new(name("max"), longest as f64 / 1000.0, "ms");
        part.rows.push(row.at_most(1_000.0).beside(foreign).note(note));
    }
    Ok(part)
}

/// What was seen in one window.
struct Window {
    latency: Histogram,
    answered: usize,
    foreign: f64,
}

/// Deliveries of a window that count.
fn measured(context: &Context) -> usize {
    (RATE * context.latency.as_secs_f64()) as usize
}

async fn window(context: &Context, engine: Engine, hogs: bool, part: &mut Part) -> Result<Window> {
    let (site, node) = install(context, engine).await?;
    // A second to warm up is not counted.
    let warming = RATE as usize;
    let deliveries = warming + measured(context);
    let corpus = corpus(context, &site.channel, deliveries, false);
    let warm = Load::new(site.addresses[0], &corpus, 0..warming, 64).open(RATE).await;
    let _hogs = hogs.then(|| Hogs::start(context.latency.as_secs() + 5)).transpose()?;
    let quiet = Quiet::watch();
    let mut outcome = Load::new(site.addresses[0], &corpus, warming..deliveries, 64).open(RATE).await;
    let foreign = quiet.foreign();
    let latency = outcome.latency.clone();
    let answered = outcome.acked.len();
    outcome.merge(warm);
    part.lost += verdict(&site, node, &corpus, &outcome).await?;
    part.checked += 1;
    Ok(Window { latency, answered, foreign })
}

fn spread(figures: &[f64]) -> String {
    let least = figures.iter().copied().fold(f64::INFINITY, f64::min);
    let most = figures.iter().copied().fold(0.0, f64::max);
    format!("median of {}, {least:.1} to {most:.1}", figures.len())
}
