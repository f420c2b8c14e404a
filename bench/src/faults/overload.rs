//! F48: three times what the server can take.

use super::Context;
use super::scene::Scene;
use crate::Result;
use crate::site::product::Kind;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Deliveries the test may use; more would only take longer to settle.
const MOST: usize = 60_000;

/// Open files that many connections need, on both sides.
const FILES: u64 = 12_000;

/// More connections than the server queues requests, where the system lets us open so many.
fn connections() -> usize {
    let may = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    if may.is_none_or(|files| files >= FILES) { 5_000 } else { 400 }
}

/// Finds the capacity, triples it, and looks what is left.
pub async fn run(context: &Context) -> Result<()> {
    let mut scene = Scene::new(context, Kind::Sqlite, 1, 1).await?;
    scene.messages_only(MOST);
    let mut capacity = 0.0_f64;
    // Caches and pools fill in the first second: the second one counts.
    for _ in 0..2 {
        let probe = scene.load(12_000, 512).within(Duration::from_secs(1));
        let order = Arc::clone(&probe.order);
        let outcome = probe.closed().await;
        scene.note(&order, &outcome);
        capacity = outcome.rate();
    }
    let seconds = if context.long { 10.0 } else { 3.0 };
    let before = resident(&scene);
    // The closed loop finds less than an open one can push through: at least more than the server lets wait.
    let wanted = (capacity * 3.0).max(6_000.0 / seconds * 1.5);
    let mut flood = scene.load((wanted * seconds) as usize, connections());
    flood.patience = Duration::from_secs(20);
    let order = Arc::clone(&flood.order);
    let flooded = flood.within(Duration::from_secs_f64(seconds)).open(wanted).await;
    scene.note(&order, &flooded);
    let peak = scene.nodes[0].as_ref().map_or(0, |node| node.process.peak());
    let other: u64 = flooded.refused.iter().filter(|(status, _)| **status != 503).map(|(_, count)| count).sum();
    context.report.check(
        "F48 every answer is 200 or 503",
        other == 0 && flooded.broken == 0 && !flooded.acked.is_empty(),
        &format!(
            "{:.0}/s wanted, {} x 200, refused {:?}, broken {}",
            wanted,
            flooded.acked.len(),
            flooded.refused,
            flooded.broken
        ),
    );
    context.report.check(
        "F48 goodput holds",
        flooded.rate() >= capacity * if context.long { 0.5 } else { 0.3 },
        &format!("{:.0}/s of {capacity:.0}/s while generator and server share the machine", flooded.rate()),
    );
    let growth = peak.saturating_sub(before) >> 20;
    context.report.check(
        "F48 memory stays bounded",
        growth < 400,
        &format!("peak {} MB above {} MB", growth, before >> 20),
    );
    recovered(context, &mut scene).await?;
    context.report.settled("F48 after the flood", scene.site.drain(Duration::from_secs(120)).await);
    context.report.judge("F48 after the flood", &scene.history(0).await?);
    Ok(())
}

fn resident(scene: &Scene) -> u64 {
    scene.nodes[0].as_ref().map_or(0, |node| node.process.resident())
}

/// Within ten seconds a gentle load is answered promptly again.
async fn recovered(context: &Context, scene: &mut Scene) -> Result<()> {
    let began = Instant::now();
    let limit = Duration::from_secs(10);
    loop {
        let gentle = scene.load(50, 4);
        let order = Arc::clone(&gentle.order);
        let outcome = gentle.open(100.0).await;
        scene.note(&order, &outcome);
        let prompt = outcome.acked.len() == order.len() && outcome.latency.quantile(0.99) < 500_000;
        if (prompt && !order.is_empty()) || began.elapsed() > limit {
            context.report.check(
                "F48 it recovers",
                prompt,
                &format!(
                    "p99 {:.1} ms, {:.1} s after the flood",
                    outcome.latency.millis(0.99),
                    began.elapsed().as_secs_f64()
                ),
            );
            return Ok(());
        }
    }
}
