//! F50: a provider whose latency swings around the threshold, with another number standing by.

use super::Context;
use super::scene::{Scene, write};
use crate::Result;
use crate::generate::Channel;
use crate::site::product::Kind;
use crate::site::proxy::{Mode, Proxy};
use crate::site::sandbox::Sandbox;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// Customers that are written to; few messages to each, so that no rate of a pair holds one back.
const CUSTOMERS: u32 = 6;
/// An answer that takes longer is slow here, ms; good is a fifth below.
const SLOW_MS: u64 = 300;
/// How long latency stays above or below.
const SWING: Duration = Duration::from_millis(400);

/// Latency swings, then is well again; meanwhile an agent writes.
pub async fn run(context: &Context) -> Result<()> {
    let sandbox = Sandbox::start(&context.binary).await?;
    let proxy = Proxy::start(sandbox.address(), Mode::HoldAnswer).await?;
    let url = format!("http://{}", proxy.address);
    let scene = Scene::at(context, sandbox, &url, Kind::Sqlite, 1, 10).await?;
    let talks = scene.talk(CUSTOMERS).await?;
    let standby = second_number(&scene).await?;
    let route = stand_by(&scene, &standby).await?;

    let rounds = if context.long { 100 } else { 8 };
    for round in 0..rounds {
        let above = round % 2 == 0;
        proxy.hold(Duration::from_millis(if above { SLOW_MS + 60 } else { SLOW_MS - 40 }));
        for n in 0..2 {
            ask(&scene, &talks[(2 * round + n) % talks.len()], &format!("round {round}.{n}")).await?;
            tokio::time::sleep(SWING / 2).await;
        }
    }
    let swung = switches(&scene, &route).await?;
    context.report.check(
        "F50 latency that swings around the threshold: at most one switch",
        swung <= 1,
        &format!("{swung} switches in {rounds} swings"),
    );

    proxy.hold(Duration::from_millis(SLOW_MS * 3));
    for talk in &talks[..4] {
        ask(&scene, talk, "slow").await?;
    }
    let over = reach(&scene, &route, "standby").await?;
    ask(&scene, &talks[4], "over the standby").await?;
    proxy.hold(Duration::ZERO);
    let began = Instant::now();
    let back = reach(&scene, &route, "primary").await?;
    ask(&scene, &talks[5], "at home again").await?;
    let total = switches(&scene, &route).await?;
    context.report.check(
        "F50 slow for good: over to the standby, and back after five good probes",
        over && back && total == 2 && began.elapsed() >= Duration::from_secs(8),
        &format!("over {over}, back {back} after {:.1} s, {total} switches", began.elapsed().as_secs_f64()),
    );

    context.report.settled("F50 all sends", scene.rest(Duration::from_secs(30)).await);
    judge(context, &scene, &standby).await?;
    context.report.judge("F50 all sends", &scene.history(0).await?);
    Ok(())
}

async fn ask(scene: &Scene, talk: &str, text: &str) -> Result<()> {
    let id = write(&scene.site.api(0), talk, text, None).await?;
    scene.asked.lock().unwrap_or_else(PoisonError::into_inner).push(id);
    Ok(())
}

/// Another number at the same provider, to which the same customers have written.
async fn second_number(scene: &Scene) -> Result<Channel> {
    let mut number = Channel {
        phone_number_id: "206540352242922".into(),
        waba_id: "202290129340398".into(),
        display: "15550783882".into(),
        ..scene.site.channel.clone()
    };
    // The provider must know the number before it is added, and its address after.
    let address = |path: &str| format!("http://{}{path}", scene.site.addresses[0]);
    scene.sandbox.number(&number, &address("/webhook"), "bench-verify").await?;
    let added = json!({
        "kind": "whatsapp", "name": "Standby", "phone_number_id": number.phone_number_id, "waba_id": number.waba_id,
        "access_token": "sandbox-token", "app_secret": number.secret, "verify_token": "bench-verify",
        "base_url": scene.sandbox.url(),
    });
    let added = scene.site.api(0).post("/api/v1/channels", &added).await?;
    let url = added["webhook_url"].as_str().ok_or("the channel has no webhook_url")?;
    number.path = url.find("/webhooks/").map(|at| url[at..].to_owned()).ok_or("the webhook URL has another path")?;
    scene.sandbox.number(&number, &address(&number.path), "bench-verify").await?;
    for customer in 0..CUSTOMERS {
        scene.sandbox.write_to(&number.phone_number_id, &Scene::talker(customer), "Hello, other number").await?;
    }
    Ok(number)
}

/// Makes the second number the standby of the first; the path of the route.
async fn stand_by(scene: &Scene, standby: &Channel) -> Result<String> {
    let api = scene.site.api(0);
    let channels = api.get("/api/v1/channels").await?;
    let id = |number: &str| -> Option<String> {
        let items = channels["items"].as_array()?;
        let found = items.iter().find(|channel| channel["phone_number_id"] == number)?;
        found["id"].as_str().map(Into::into)
    };
    let one = id(&scene.site.channel.phone_number_id).ok_or("the first channel is not listed")?;
    let two = id(&standby.phone_number_id).ok_or("the second channel is not listed")?;
    let path = format!("/api/v1/channels/{one}/route");
    let wanted = json!({
        "standby_channel_id": two, "slow_ms": SLOW_MS, "probe_every_seconds": 60, "probe_suspicious_seconds": 2,
    });
    api.ok("PUT", &path, Some(&wanted)).await?;
    let began = Instant::now();
    while api.get(&path).await?["standby"]["at"].is_null() {
        if began.elapsed() > Duration::from_secs(10) {
            return Err("the standby was not probed".into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(path)
}

async fn switches(scene: &Scene, route: &str) -> Result<u64> {
    Ok(scene.site.api(0).get(route).await?["switches"].as_u64().unwrap_or(u64::MAX))
}

/// Waits until messages go over this side.
async fn reach(scene: &Scene, route: &str, side: &str) -> Result<bool> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(30) {
        if scene.site.api(0).get(route).await?["active"] == side {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(false)
}

/// Each message went out once, over one number, and some over each.
async fn judge(context: &Context, scene: &Scene, standby: &Channel) -> Result<()> {
    let mut over: HashMap<String, Vec<String>> = HashMap::new();
    for item in scene.sandbox.received().await? {
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let accepted = item["wamid"] != Value::Null;
        if let Some(message) = text("biz_opaque_callback_data").split(':').nth(1).filter(|_| accepted) {
            over.entry(message.replace('-', "")).or_default().push(text("phone_number_id"));
        }
    }
    let asked = scene.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let twice = over.values().filter(|numbers| numbers.len() > 1).count();
    let lost = asked.iter().filter(|id| !over.contains_key(*id)).count();
    let there = over.values().filter(|numbers| numbers.contains(&standby.phone_number_id)).count();
    context.report.check(
        "F50 no message over both routes, none lost",
        twice == 0 && lost == 0 && there > 0 && there < asked.len(),
        &format!("{} asked, {twice} twice, {lost} lost, {there} over the standby", asked.len()),
    );
    Ok(())
}
