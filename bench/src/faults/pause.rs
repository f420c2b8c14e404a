//! F28: the owner of lanes is paused longer than its lease and then goes on.

use super::scene::{Scene, shown};
use super::{Context, journal};
use crate::Result;
use crate::load::Stop;
use crate::site::feed::Follower;
use crate::site::product::Kind;
use rustix::process::Signal;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Two nodes; the first sleeps while the second works on.
pub async fn run(context: &Context) -> Result<()> {
    let cluster = context.cluster()?;
    let sleep = Duration::from_secs(if context.long { 60 } else { 15 });
    let mut scene = Scene::new(context, Kind::Postgres(cluster, "pause"), 2, 6_000).await?;
    let follower = Follower::start(scene.site.api(1)).await?;
    let talks = scene.talk(10).await?;
    let stop = Stop::default();
    // Deliveries go to both nodes until one is stopped in the middle of its work, then to the other alone.
    let mut load = scene.load(2_000, 16);
    load.stop = stop.clone();
    load.patience = sleep + Duration::from_secs(20);
    let order = Arc::clone(&load.order);
    let loading = tokio::spawn(load.open(400.0));
    let agent = scene.agent(talks, 1, stop.clone());
    tokio::time::sleep(Duration::from_secs(1)).await;
    signal(&scene, Signal::STOP);
    let paused = Instant::now();
    let mut other = scene.load(1_500, 8);
    other.targets = vec![scene.site.addresses[1]];
    let other_order = Arc::clone(&other.order);
    let outcome = other.open(100.0).await;
    scene.note(&other_order, &outcome);
    let taken = taken_over(&scene, sleep.saturating_sub(paused.elapsed())).await?;
    tokio::time::sleep(sleep.saturating_sub(paused.elapsed())).await;
    signal(&scene, Signal::CONT);
    tokio::time::sleep(Duration::from_secs(2)).await;
    stop.now();
    agent.await?;
    let outcome = loading.await?;
    scene.note(&order, &outcome);
    let mut rest = scene.load(1_000, 16);
    rest.patience = Duration::from_secs(20);
    let rest_order = Arc::clone(&rest.order);
    let outcome = rest.closed().await;
    scene.note(&rest_order, &outcome);
    scene.redeliver().await?;
    context.report.settled("F28 pause", scene.rest(Duration::from_secs(90)).await);
    context.report.check(
        "F28 pause: the other node takes the lanes over",
        taken,
        &format!("owner stopped for {} s", sleep.as_secs()),
    );
    let mut history = scene.history(1).await?;
    journal::read(&scene.site.database, &mut history).await?;
    let lines = history.lines.len();
    follower
        .until(Duration::from_secs(20), |heard| {
            heard.iter().filter(|event| event.kind == "message.created").count() >= lines
        })
        .await;
    history.shown = Some(shown(&follower.heard()));
    context.report.judge("F28 pause", &history);
    Ok(())
}

fn signal(scene: &Scene, signal: Signal) {
    if let Some(node) = &scene.nodes[0] {
        node.process.signal(signal);
    }
}

/// Whether, while one node sleeps, all lanes get one living owner.
async fn taken_over(scene: &Scene, limit: Duration) -> Result<bool> {
    let began = Instant::now();
    loop {
        let owners = scene.site.database.number("SELECT COUNT(DISTINCT owner) FROM lane").await?;
        if owners == 1 {
            return Ok(true);
        }
        if began.elapsed() > limit {
            return Ok(false);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
