//! Time to the answer at a fixed rate, counted from when each delivery should have begun; alone and with CPU hogs.

use super::ingest::{corpus, install, verdict};
use super::report::Row;
use super::{Context, Engine, Part};
use crate::Result;
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

/// Both situations on one engine.
pub async fn run(context: &Context, engine: Engine) -> Result<Part> {
    let mut part = Part::default();
    for (how, hogs, floor, goal) in [("alone", false, 25.0, 5.0), ("with CPU hogs", true, 250.0, 50.0)] {
        let (site, node) = install(context, engine).await?;
        let deliveries = (RATE * (context.latency.as_secs_f64() + 1.0)) as usize;
        let corpus = corpus(context, &site.channel, deliveries, false);
        // A second to warm up is not counted.
        let warm = Load::new(site.addresses[0], &corpus, 0..RATE as usize, 64).open(RATE).await;
        let _hogs = hogs.then(|| Hogs::start(context.latency.as_secs() + 5)).transpose()?;
        let quiet = Quiet::watch();
        let mut outcome = Load::new(site.addresses[0], &corpus, RATE as usize..deliveries, 64).open(RATE).await;
        let foreign = quiet.foreign();
        let latency = outcome.latency.clone();
        let answered = outcome.acked.len();
        outcome.merge(warm);
        part.lost += verdict(&site, node, &corpus, &outcome).await?;
        part.checked += 1;
        let name = |what: &str| format!("{} ack {what} at {RATE:.0}/s, {how}", engine.name());
        let note = format!("{answered} answered 200 of {}", deliveries - RATE as usize);
        part.rows.push(Row::new(name("p50"), latency.millis(0.5), "ms").beside(foreign));
        part.rows.push(Row::new(name("p99"), latency.millis(0.99), "ms").want(floor, goal).beside(foreign).note(note));
        part.rows.push(Row::new(name("p99.9"), latency.millis(0.999), "ms").beside(foreign));
        part.rows.push(Row::new(name("max"), latency.max() as f64 / 1000.0, "ms").at_most(1_000.0).beside(foreign));
    }
    Ok(part)
}
