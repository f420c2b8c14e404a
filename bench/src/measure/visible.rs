//! From the post of a delivery to the line in a browser's event stream.

use super::ingest::{corpus, install, verdict};
use super::report::Row;
use super::{Context, Engine, Part};
use crate::Result;
use crate::histogram::Histogram;
use crate::load::Load;
use crate::site::feed::Follower;
use crate::site::process::Quiet;
use crate::site::product::{Installation, Node};
use std::collections::HashMap;
use std::time::Duration;

/// At two rates on one engine.
pub async fn run(context: &Context, engine: Engine) -> Result<Part> {
    let mut part = Part::default();
    for rate in [200.0, 500.0] {
        let (site, node) = install(context, engine).await?;
        let seen = seen(context, &site, node, rate).await?;
        part.lost += seen.lost;
        part.checked += 1;
        let name = |what: &str| format!("{} post to visible {what} at {rate:.0}/s", engine.name());
        part.rows.push(Row::new(name("p50"), seen.times.millis(0.5), "ms").beside(seen.foreign));
        let note = format!("{} of {} seen", seen.times.count(), seen.posted);
        let mut row = Row::new(name("p99"), seen.times.millis(0.99), "ms").beside(seen.foreign).note(note);
        if rate > 400.0 {
            row = row.want(500.0, 50.0);
        }
        part.rows.push(row);
    }
    Ok(part)
}

/// What one window showed.
pub struct Seen {
    /// From the moment a delivery was due to be posted until its line arrived.
    pub times: Histogram,
    /// Deliveries.
    pub posted: usize,
    /// Share of the machine that others used.
    pub foreign: f64,
    /// Acked events lost or doubled.
    pub lost: u64,
}

/// Messages at a fixed rate, with a browser that looks on.
pub async fn seen(context: &Context, site: &Installation, node: Node, rate: f64) -> Result<Seen> {
    let deliveries = (rate * context.latency.as_secs_f64()) as usize;
    let corpus = corpus(context, &site.channel, deliveries, true);
    let follower = Follower::start(site.api(0)).await?;
    let quiet = Quiet::watch();
    let outcome = Load::new(site.addresses[0], &corpus, 0..deliveries, 32).open(rate).await;
    let count =
        |heard: &[crate::site::feed::Heard]| heard.iter().filter(|event| event.kind == "message.created").count();
    follower.until(Duration::from_secs(60), |heard| count(heard) >= deliveries).await;
    let foreign = quiet.foreign();
    let began: HashMap<String, i64> = (0..deliveries)
        .map(|place| {
            let after = (place as f64 / rate * 1e6) as i64;
            (corpus.wamid(&corpus.events_of(place)[0]), outcome.began + after)
        })
        .collect();
    let lines = site.database.lines().await?;
    let posted: HashMap<&str, i64> =
        lines.iter().filter_map(|line| Some((line.id.as_str(), *began.get(line.provider_id.as_deref()?)?))).collect();
    let mut times = Histogram::default();
    for event in follower.heard().iter().filter(|event| event.kind == "message.created") {
        if let Some(posted) = posted.get(event.message.as_str()) {
            times.record((event.at - posted).unsigned_abs());
        }
    }
    drop(follower);
    let lost = verdict(site, node, &corpus, &outcome).await?;
    Ok(Seen { times, posted: deliveries, foreign, lost })
}
