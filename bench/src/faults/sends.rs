//! F12: the provider took a message, and the answer was lost.

use super::Context;
use super::scene::{Scene, write};
use crate::Result;
use crate::site::product::Kind;
use crate::site::proxy::{Mode, Proxy};
use crate::site::sandbox::Sandbox;
use serde_json::json;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// Statuses of a message that went out.
const OUT: [&str; 3] = ["sent", "delivered", "read"];
/// The stand-in's usual times until sent, delivered and read, ms.
const USUAL: [u64; 3] = [200, 600, 2_000];
/// Who writes to whom: one customer each, then those of the rounds of kills.
const LOST: std::ops::Range<usize> = 0..3;
const CUT: usize = 3;
const LIED: std::ops::Range<usize> = 4..6;
const SILENT: usize = 6;
const KILLED: usize = 7;

/// Five ways to lose an answer.
pub async fn run(context: &Context) -> Result<()> {
    let sandbox = Sandbox::start(&context.binary).await?;
    let proxy = Proxy::start(sandbox.address(), Mode::HoldAnswer).await?;
    let url = format!("http://{}", proxy.address);
    let mut scene = Scene::at(context, sandbox, &url, Kind::Sqlite, 1, 10).await?;
    // Each customer is written to once: a second message within seconds may have to wait for the rate of a pair.
    let rounds = if context.long { 10 } else { 2 };
    let talks = scene.talk(u32::try_from(KILLED)? + rounds).await?;
    // Nobody answers for longer than the product waits: the others go on meanwhile.
    let silent = silence_begins(&scene, &talks[SILENT]).await?;
    lost_answers(context, &scene, &talks[LOST]).await?;
    refused_for_sure(context, &scene, &talks[CUT]).await?;
    lies(context, &scene, &talks[LIED]).await?;
    silence_ends(context, &scene, &silent).await?;
    killed_between(context, &mut scene, &proxy, &talks[KILLED..]).await?;
    context.report.settled("F12 all sends", scene.rest(Duration::from_secs(60)).await);
    context.report.judge("F12 all sends", &scene.history(0).await?);
    Ok(())
}

async fn ask(scene: &Scene, talk: &str, text: &str) -> Result<String> {
    let id = write(&scene.site.api(0), talk, text, None).await?;
    scene.asked.lock().unwrap_or_else(PoisonError::into_inner).push(id.clone());
    Ok(id)
}

/// Waits for a message to reach one of these statuses; tells the last one seen.
pub(super) async fn reach(scene: &Scene, id: &str, wanted: &[&str], limit: Duration) -> Result<String> {
    let began = Instant::now();
    loop {
        let lines = scene.site.database.lines().await?;
        let status = lines.iter().find(|line| line.id == id).map(|line| line.status.clone()).unwrap_or_default();
        if wanted.contains(&status.as_str()) || began.elapsed() > limit {
            return Ok(status);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn accepted(scene: &Scene, id: &str) -> Result<usize> {
    let sent = scene.sandbox.sent().await?;
    Ok(sent.iter().filter(|sent| sent.accepted && sent.callback.replace('-', "").contains(id)).count())
}

/// The stand-in accepts and cuts the connection; the statuses that follow tell the truth.
async fn lost_answers(context: &Context, scene: &Scene, talks: &[String]) -> Result<()> {
    let fault = json!({"target": "whatsapp", "kind": "drop_response", "match": {"path": "/messages", "method": "POST"}, "times": talks.len()});
    scene.sandbox.fault(&fault).await?;
    for talk in talks {
        let id = ask(scene, talk, "answer will be lost").await?;
        settled(context, scene, &id, "F12 lost answer: settled by the echoed id, sent once").await?;
    }
    scene.sandbox.calm().await
}

/// Waits until the echo has told that a message went out, and counts how often the stand-in took it.
async fn settled(context: &Context, scene: &Scene, id: &str, what: &str) -> Result<()> {
    let status = reach(scene, id, &OUT, Duration::from_secs(30)).await?;
    let sends = accepted(scene, id).await?;
    let good = sends == 1 && OUT.contains(&status.as_str());
    context.report.check(what, good, &format!("{status}, {sends} sends"));
    Ok(())
}

/// The stand-in takes the message and answers 500: nobody knows, until the echo tells.
async fn lies(context: &Context, scene: &Scene, talks: &[String]) -> Result<()> {
    let fault = json!({
        "target": "whatsapp", "kind": "status", "status": 500, "after": true, "times": talks.len(),
        "match": {"path": "/messages", "method": "POST"},
    });
    // Late enough that the time in between is seen.
    scene.sandbox.delays([5_000, 5_400, 6_000]).await?;
    scene.sandbox.fault(&fault).await?;
    let mut asked = Vec::new();
    for talk in talks {
        asked.push(ask(scene, talk, "answered 500, and taken all the same").await?);
    }
    for id in &asked {
        let status = reach(scene, id, &["unknown"], Duration::from_secs(10)).await?;
        context.report.check("F12 500 after it was taken: unknown at first", status == "unknown", &status);
    }
    for id in &asked {
        settled(context, scene, id, "F12 500 after it was taken: settled by the echoed id, sent once").await?;
    }
    scene.sandbox.delays(USUAL).await?;
    scene.sandbox.calm().await
}

/// The stand-in takes a message and never answers; its statuses come after the product has given up waiting (30 s).
async fn silence_begins(scene: &Scene, talk: &str) -> Result<String> {
    let fault = json!({
        "target": "whatsapp", "kind": "timeout", "after": true, "times": 1,
        "match": {"path": "/messages", "method": "POST"},
    });
    scene.sandbox.delays([45_000, 45_400, 46_000]).await?;
    scene.sandbox.fault(&fault).await?;
    let id = ask(scene, talk, "taken, and never answered").await?;
    let began = Instant::now();
    while accepted(scene, &id).await? == 0 {
        if began.elapsed() > Duration::from_secs(10) {
            return Err("the message never reached the stand-in".into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    scene.sandbox.delays(USUAL).await?;
    scene.sandbox.calm().await?;
    Ok(id)
}

async fn silence_ends(context: &Context, scene: &Scene, id: &str) -> Result<()> {
    let status = reach(scene, id, &["unknown"], Duration::from_secs(50)).await?;
    context.report.check("F12 no answer in time: unknown at first", status == "unknown", &status);
    settled(context, scene, id, "F12 no answer in time: settled by the echoed id, sent once").await
}

/// The connection ends before anything was done: trying again is safe only when nothing was written; else it is unknown.
async fn refused_for_sure(context: &Context, scene: &Scene, talk: &str) -> Result<()> {
    let fault = json!({"target": "whatsapp", "kind": "cut_before", "match": {"path": "/messages", "method": "POST"}, "times": 1});
    scene.sandbox.fault(&fault).await?;
    let id = ask(scene, talk, "cut before it arrived").await?;
    let settled = ["sent", "delivered", "read", "unknown", "failed"];
    let status = reach(scene, &id, &settled, Duration::from_secs(15)).await?;
    let sends = accepted(scene, &id).await?;
    context.report.check(
        "F12 cut connection: never more than one send, never `sent` without one",
        sends <= 1 && (sends == 1 || matches!(status.as_str(), "unknown" | "failed")),
        &format!("{status}, {sends} sends"),
    );
    scene.sandbox.calm().await
}

/// The process is killed after the stand-in accepted and before it could note that.
async fn killed_between(context: &Context, scene: &mut Scene, proxy: &Proxy, talks: &[String]) -> Result<()> {
    for (round, talk) in talks.iter().enumerate() {
        proxy.hold(Duration::from_secs(3));
        let id = ask(scene, talk, &format!("killed in between {round}")).await?;
        let began = Instant::now();
        while accepted(scene, &id).await? == 0 {
            if began.elapsed() > Duration::from_secs(10) {
                return Err("the message never reached the stand-in".into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        scene.kill(0);
        proxy.hold(Duration::ZERO);
        scene.start(0).await?;
        settled(context, scene, &id, "F12 killed between accept and commit: settled by the echo, sent once").await?;
    }
    Ok(())
}
