//! F1, F24, F28, F30: `kill -9` under load, with agents sending, again and again.

use super::scene::{Scene, shown};
use super::{Context, journal};
use crate::Result;
use crate::load::Stop;
use crate::site::feed::Follower;
use crate::site::product::Kind;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::Arc;
use std::time::Duration;

/// One node on SQLite.
pub async fn sqlite(context: &Context) -> Result<()> {
    let rounds = if context.long { 20 } else { 4 };
    let mut scene = Scene::new(context, Kind::Sqlite, 1, rounds * 4_000).await?;
    let talks = scene.talk(10).await?;
    let mut random = StdRng::seed_from_u64(context.seed);
    for _ in 0..rounds {
        round(&mut scene, &talks, 0, &mut random).await?;
    }
    scene.redeliver().await?;
    let name = format!("F1 kill -9 x{rounds}, SQLite");
    context.report.settled(&name, scene.rest(Duration::from_secs(90)).await);
    let start = scene.slowest_start;
    context.report.check(
        &format!("{name}: ready again quickly"),
        start < Duration::from_secs(if cfg!(debug_assertions) { 3 } else { 1 }),
        &format!("slowest {} ms", start.as_millis()),
    );
    context.report.check(&format!("{name}: the file is sound"), scene.site.database.sound().await?, "integrity_check");
    context.report.judge(&name, &scene.history(0).await?);
    Ok(())
}

/// Two nodes on PostgreSQL, one killed at a time, the stream followed on the other.
pub async fn postgres(context: &Context) -> Result<()> {
    let cluster = context.cluster()?;
    let rounds = if context.long { 20 } else { 2 };
    let mut scene = Scene::new(context, Kind::Postgres(cluster, "kill"), 2, rounds * 4_000).await?;
    let follower = Follower::start(scene.site.api(1)).await?;
    let talks = scene.talk(10).await?;
    let mut random = StdRng::seed_from_u64(context.seed);
    for number in 0..rounds {
        round(&mut scene, &talks, number % 2, &mut random).await?;
    }
    scene.redeliver().await?;
    let name = format!("F1 F28 F30 kill -9 x{rounds}, PostgreSQL, two nodes");
    context.report.settled(&name, scene.rest(Duration::from_secs(90)).await);
    let mut history = scene.history(1).await?;
    journal::read(&scene.site.database, &mut history).await?;
    let lines = history.lines.len();
    follower
        .until(Duration::from_secs(20), |heard| {
            heard.iter().filter(|event| event.kind == "message.created").count() >= lines
        })
        .await;
    history.shown = Some(shown(&follower.heard()));
    context.report.judge(&name, &history);
    Ok(())
}

/// Load and an agent, a kill at a random moment, a restart.
pub async fn round(scene: &mut Scene, talks: &[String], node: usize, random: &mut StdRng) -> Result<()> {
    let stop = Stop::default();
    // Agents first, so that sends are under way when the load and the kill come.
    let agents: Vec<_> = (0..scene.nodes.len() * 3)
        .map(|of| scene.agent(talks.to_vec(), of % scene.nodes.len(), stop.clone()))
        .collect();
    tokio::time::sleep(Duration::from_millis(250)).await;
    let mut load = scene.load(4_000, 32);
    load.stop = stop.clone();
    let order = Arc::clone(&load.order);
    let loading = tokio::spawn(load.closed());
    tokio::time::sleep(Duration::from_millis(random.random_range(50..800))).await;
    scene.kill(node);
    tokio::time::sleep(Duration::from_millis(50)).await;
    stop.now();
    let outcome = loading.await?;
    for agent in agents {
        agent.await?;
    }
    scene.note(&order, &outcome);
    scene.rewind(&order, &outcome);
    scene.start(node).await
}
