//! F6: two nodes whose machines' clocks are four minutes apart share one database, and its time.

use super::Context;
use super::scene::{Scene, write};
use crate::Result;
use crate::site::product::Kind;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// How wrong each node's clock is, milliseconds.
const WRONG: [i64; 2] = [120_000, -120_000];

/// Answers through both nodes; in the long form the one that sends is killed as well.
pub async fn run(context: &Context) -> Result<()> {
    let cluster = context.cluster()?;
    let mut scene = Scene::new(context, Kind::Postgres(cluster, "clocks"), 2, 10).await?;
    let talks = scene.talk(10).await?;
    for (node, wrong) in WRONG.into_iter().enumerate() {
        scene.kill(node);
        let start = scene.site.start_as(node, |mut command| {
            command.env("RAPPORT_TEST_CLOCK_OFFSET_MS", wrong.to_string());
            command
        });
        scene.nodes[node] = Some(start.await?.0);
    }
    let began = crate::clock::unix_millis();
    // Who was killed still has the lane for the rest of its lease.
    asked_and_sent(context, &scene, &talks, 0..2, Duration::from_secs(25), "both nodes answer").await?;
    asked_and_sent(context, &scene, &talks, 0..2, Duration::from_secs(5), "and do so at once").await?;
    if context.long {
        for node in 0..2 {
            scene.kill(node);
            let other = 1 - node;
            let text = "after the other was killed";
            asked_and_sent(context, &scene, &talks, other..other + 1, Duration::from_secs(30), text).await?;
            scene.start(node).await?;
        }
    }
    let sql = format!(
        "SELECT COUNT(*) FROM message WHERE direction = 'out' AND (created_at < {} OR created_at > {})",
        began - 2_000,
        crate::clock::unix_millis() + 2_000
    );
    let odd = scene.site.database.number(&sql).await?;
    context.report.check(
        "F6 moments are those of the database",
        odd == 0,
        &format!("{odd} messages with another time"),
    );
    context.report.settled("F6", scene.rest(Duration::from_secs(60)).await);
    context.report.judge("F6", &scene.history(1).await?);
    Ok(())
}

/// Writes one message to each customer through each of these nodes, and waits for all of them.
async fn asked_and_sent(
    context: &Context,
    scene: &Scene,
    talks: &[String],
    nodes: std::ops::Range<usize>,
    limit: Duration,
    what: &str,
) -> Result<()> {
    for node in nodes {
        for talk in talks {
            let id = write(&scene.site.api(node), talk, &format!("{what} {node}"), None).await?;
            scene.asked.lock().unwrap_or_else(PoisonError::into_inner).push(id);
        }
    }
    let began = Instant::now();
    let sql = "SELECT COUNT(*) FROM send_queue WHERE state <> 'unknown'";
    while scene.site.database.number(sql).await? > 0 && began.elapsed() < limit {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let left = scene.site.database.number(sql).await?;
    context.report.check(
        &format!("F6 clocks four minutes apart: {what}"),
        left == 0,
        &format!("{left} left after {:.1} s", began.elapsed().as_secs_f64()),
    );
    Ok(())
}
