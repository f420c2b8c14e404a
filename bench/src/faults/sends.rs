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

/// Three ways to lose an answer.
pub async fn run(context: &Context) -> Result<()> {
    let sandbox = Sandbox::start(&context.binary).await?;
    let proxy = Proxy::start(sandbox.address(), Mode::HoldAnswer).await?;
    let url = format!("http://{}", proxy.address);
    let mut scene = Scene::at(context, sandbox, &url, Kind::Sqlite, 1, 10).await?;
    // Each customer is written to once: a second message within seconds may have to wait for the rate of a pair.
    let rounds = if context.long { 10 } else { 2 };
    let talks = scene.talk(4 + rounds).await?;
    lost_answers(context, &scene, &talks).await?;
    refused_for_sure(context, &scene, &talks).await?;
    killed_between(context, &mut scene, &proxy, &talks[4..]).await?;
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
    let fault = json!({"target": "whatsapp", "kind": "drop_response", "match": {"path": "/messages", "method": "POST"}, "times": 3});
    scene.sandbox.fault(&fault).await?;
    for talk in &talks[..3] {
        let id = ask(scene, talk, "answer will be lost").await?;
        let status = reach(scene, &id, &["sent", "delivered", "read"], Duration::from_secs(15)).await?;
        let sends = accepted(scene, &id).await?;
        context.report.check(
            "F12 lost answer: settled by the echoed id, sent once",
            sends == 1 && matches!(status.as_str(), "sent" | "delivered" | "read"),
            &format!("{status}, {sends} sends"),
        );
    }
    scene.sandbox.calm().await
}

/// The connection ends before anything was done: trying again is safe only when nothing was written; else it is unknown.
async fn refused_for_sure(context: &Context, scene: &Scene, talks: &[String]) -> Result<()> {
    let fault = json!({"target": "whatsapp", "kind": "cut_before", "match": {"path": "/messages", "method": "POST"}, "times": 1});
    scene.sandbox.fault(&fault).await?;
    let id = ask(scene, &talks[3], "cut before it arrived").await?;
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
        let status = reach(scene, &id, &["sent", "delivered", "read"], Duration::from_secs(30)).await?;
        let sends = accepted(scene, &id).await?;
        context.report.check(
            "F12 killed between accept and commit: settled by the echo, sent once",
            sends == 1 && matches!(status.as_str(), "sent" | "delivered" | "read"),
            &format!("{status}, {sends} sends"),
        );
    }
    Ok(())
}
