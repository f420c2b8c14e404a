//! F29: three nodes, and the one that sends is stopped in the middle of a second. Whoever takes over must not send what
//! is left of it a second time.

use super::Context;
use super::scene::{Scene, write};
use crate::Result;
use crate::site::product::Kind;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rustix::process::Signal;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

const NODES: usize = 3;
/// Customers, and messages to each of them: below the burst of a pair, above what leaves in the time.
const CUSTOMERS: u32 = 60;
const EACH: usize = 6;

/// Sending at full speed, and an owner that stops: paused and woken again, or killed.
pub async fn run(context: &Context) -> Result<()> {
    let cluster = context.cluster()?;
    let mut scene = Scene::new(context, Kind::Postgres(cluster, "split"), NODES, 10).await?;
    let mut random = StdRng::seed_from_u64(context.seed);
    let rounds = if context.long { 10 } else { 1 };
    let talks = scene.talk(CUSTOMERS).await?;
    for round in 0..rounds {
        let owner = owner(&scene).await?;
        let asking = ask(&scene, &talks, (owner + 1) % NODES, round, if context.long { 4 } else { EACH });
        tokio::time::sleep(Duration::from_millis(1_500 + random.random_range(0..1_000))).await;
        let paused = round % 2 == 0;
        if paused {
            signal(&scene, owner, Signal::STOP);
        } else {
            scene.kill(owner);
        }
        let stopped = Instant::now();
        let heir = another(&scene, owner).await?;
        context.report.check(
            "F29 another node takes the lane over",
            heir.is_some(),
            &format!("after {:.1} s", stopped.elapsed().as_secs_f64()),
        );
        tokio::time::sleep(Duration::from_millis(random.random_range(0..1_000))).await;
        if paused {
            signal(&scene, owner, Signal::CONT);
        } else {
            scene.start(owner).await?;
        }
        asking.await??;
    }
    context.report.settled("F29", scene.rest(Duration::from_secs(60)).await);
    // Held: the customer's burst is being paid back, which takes longer than this test.
    let out = "SELECT COUNT(*) FROM message WHERE direction = 'out' \
               AND status NOT IN ('sent', 'delivered', 'read', 'unknown', 'held')";
    let left = scene.site.database.number(out).await?;
    context.report.check("F29 nothing is left behind", left == 0, &format!("{left} messages"));
    context.report.judge("F29", &scene.history(0).await?);
    Ok(())
}

/// Each line is new: the same words would soon be refused.
fn ask(scene: &Scene, talks: &[String], node: usize, round: usize, each: usize) -> tokio::task::JoinHandle<Result<()>> {
    let (api, talks, asked) = (scene.site.api(node), talks.to_vec(), Arc::clone(&scene.asked));
    tokio::spawn(async move {
        for number in 0..each * talks.len() {
            let (talk, text) = (&talks[number % talks.len()], format!("round {round}, line {number}"));
            let once = format!("{node}-{number}-{}", crate::clock::unix_micros());
            // A row that the stopped node has locked is answered with "try again"; the client's own id makes that safe.
            let mut tries = 0;
            let id = loop {
                match write(&api, talk, &text, Some(&once)).await {
                    Ok(id) => break id,
                    Err(error) if tries >= 20 => return Err(error),
                    Err(_) => tries += 1,
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            };
            asked.lock().unwrap_or_else(PoisonError::into_inner).push(id);
        }
        Ok(())
    })
}

fn signal(scene: &Scene, node: usize, signal: Signal) {
    if let Some(node) = &scene.nodes[node] {
        node.process.signal(signal);
    }
}

/// Which node sends.
async fn owner(scene: &Scene) -> Result<usize> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(20) {
        if let Some(node) = named(scene).await? {
            return Ok(node);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("nobody sends".into())
}

/// Waits for another owner than this one.
async fn another(scene: &Scene, before: usize) -> Result<Option<usize>> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(20) {
        if let Some(node) = named(scene).await?.filter(|node| *node != before) {
            return Ok(Some(node));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(None)
}

async fn named(scene: &Scene) -> Result<Option<usize>> {
    let sql = "SELECT n.name FROM send_lane AS s JOIN node AS n ON n.id = s.owner LIMIT 1";
    let rows = scene.site.database.rows(sql).await?;
    let name = rows.first().and_then(|row| row.first().cloned().flatten());
    Ok(name.and_then(|name| name.strip_prefix("node")?.parse::<usize>().ok()?.checked_sub(1)))
}
