//! F15: a campaign started several times at the same moment on two nodes, whose ticks overlap, killed on the way.

use super::Context;
use super::scene::Scene;
use crate::Result;
use crate::http::Api;
use crate::site::product::Kind;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// A template of the stand-in's without blanks, which is no promotion.
const TEMPLATE: &str = "hello_world";
/// How long the whole campaign may take, for each recipient: a number sends 80 a second, a loaded machine a tenth of that.
const PATIENCE: Duration = Duration::from_millis(120);

/// One process on SQLite, killed while messages are made and when 40 % have gone out.
pub async fn sqlite(context: &Context) -> Result<()> {
    let scene = Scene::new(context, Kind::Sqlite, 1, 10).await?;
    run(context, scene, "F15 SQLite", &[(40, 0)]).await
}

/// Two nodes on PostgreSQL: one killed while messages are made and at 40 %, the other at 70 %.
pub async fn postgres(context: &Context) -> Result<()> {
    let cluster = context.cluster()?;
    let scene = Scene::new(context, Kind::Postgres(cluster, "campaign"), 2, 10).await?;
    run(context, scene, "F15 PostgreSQL, two nodes", &[(40, 0), (70, 1)]).await
}

async fn run(context: &Context, mut scene: Scene, name: &str, kills: &[(usize, usize)]) -> Result<()> {
    let people = if context.long { 10_000 } else { 1_000 };
    let id = draft(&scene, &(0..people).map(number).collect::<Vec<_>>()).await?;
    start(context, &scene, name, &id).await?;
    let limit = Duration::from_secs(60) + PATIENCE * u32::try_from(people)?;
    let end = Instant::now() + limit;
    // First while its messages are being made, in whatever piece of that it is.
    made(&scene, people / 5, end).await?;
    scene.kill(0);
    scene.start(0).await?;
    for (percent, node) in kills {
        gone_out(&scene, people * percent / 100, end).await?;
        scene.kill(*node);
        // Whoever else is there goes on meanwhile.
        tokio::time::sleep(Duration::from_millis(700)).await;
        scene.start(*node).await?;
    }
    let finished = finished(&scene, &id, end).await?;
    context.report.check(
        &format!("{name}: it goes on by itself and ends"),
        finished["status"] == "finished",
        &format!("{} {}", finished["status"], finished["progress"]),
    );
    context.report.settled(name, scene.rest(Duration::from_secs(60)).await);
    let unsure = unsure(&scene, &id).await?;
    exactly_once(context, &scene, name, people, &unsure).await?;
    settle(&scene, &unsure).await?;
    let left = unsure.len();
    let written = written(&scene).await?;
    let whole = written.len() == people && written.values().all(|times| *times == 1);
    context.report.check(
        &format!("{name}: after a person settled the {left} that were cut off, everybody has it once"),
        whole,
        &format!("{} of {people} recipients", written.len()),
    );
    let rows = "SELECT COUNT(*) FROM campaign_recipient WHERE state = 'queued' AND message_id IS NOT NULL";
    let messages = "SELECT COUNT(*) FROM message WHERE direction = 'out'";
    let counts = (scene.site.database.number(rows).await?, scene.site.database.number(messages).await?);
    let expected = i64::try_from(people)?;
    context.report.check(
        &format!("{name}: a recipient is a row, a row is a message"),
        counts == (expected, expected),
        &format!("{} rows, {} messages", counts.0, counts.1),
    );
    Ok(())
}

/// A campaign for these numbers.
pub(super) async fn draft(scene: &Scene, contacts: &[String]) -> Result<String> {
    scene.sandbox.happen(&scene.site.channel.phone_number_id, &json!({"event": "tier", "limit": null})).await?;
    let began = Instant::now();
    while scene.site.database.number("SELECT COUNT(*) FROM channel WHERE tier_limit > 1000000").await? == 0 {
        if began.elapsed() > Duration::from_secs(30) {
            return Err("the number's limit was not raised".into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let api = scene.site.api(0);
    let channels = api.get("/api/v1/channels").await?;
    let channel = channels["items"][0]["id"].as_str().ok_or("there is no channel")?.to_owned();
    api.ok("POST", &format!("/api/v1/channels/{channel}/templates/sync"), None).await?;
    let templates = api.get(&format!("/api/v1/templates?q={TEMPLATE}")).await?;
    let template = templates["items"][0]["id"].as_str().ok_or("the stand-in's template is not there")?;
    let campaign = json!({
        "name": "F15", "channel_id": channel, "template_id": template,
        "audience": {"kind": "list", "contacts": contacts},
    });
    let made = api.post("/api/v1/campaigns", &campaign).await?;
    Ok(made["id"].as_str().ok_or("the campaign has no id")?.to_owned())
}

/// A number that nobody knows yet.
pub(super) fn number(person: usize) -> String {
    format!("+97155{person:07}")
}

/// Four starts at once, on all nodes.
async fn start(context: &Context, scene: &Scene, name: &str, id: &str) -> Result<()> {
    let path = format!("/api/v1/campaigns/{id}/start");
    let press = |node: usize| {
        let (api, path): (Api, &str) = (scene.site.api(node % scene.nodes.len()), &path);
        async move { api.call("POST", path, Some(&json!({}))).await.map_or(0, |(status, _)| status) }
    };
    let mut answers = <[u16; 4]>::from(tokio::join!(press(0), press(1), press(0), press(1)));
    answers.sort_unstable();
    context.report.check(
        &format!("{name}: of four starts at once one begins it"),
        answers == [200, 409, 409, 409],
        &format!("{answers:?}"),
    );
    Ok(())
}

/// Waits until so many messages have been made.
async fn made(scene: &Scene, wanted: usize, end: Instant) -> Result<()> {
    let sql = "SELECT COUNT(*) FROM campaign_recipient WHERE state = 'queued'";
    while usize::try_from(scene.site.database.number(sql).await?).unwrap_or(0) < wanted {
        if Instant::now() > end {
            return Err("the campaign's messages were not made in time".into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// Waits until so many messages have gone out.
async fn gone_out(scene: &Scene, wanted: usize, end: Instant) -> Result<()> {
    let sql = "SELECT COUNT(*) FROM message WHERE direction = 'out' AND status IN ('sent', 'delivered', 'read')";
    loop {
        let out = scene.site.database.number(sql).await?;
        if usize::try_from(out).unwrap_or(0) >= wanted {
            return Ok(());
        }
        if Instant::now() > end {
            return Err(format!("{out} of {wanted} messages went out in time").into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn finished(scene: &Scene, id: &str, end: Instant) -> Result<Value> {
    let (api, path) = (scene.site.api(0), format!("/api/v1/campaigns/{id}"));
    loop {
        let seen = api.get(&path).await?;
        if seen["status"] == "finished" || Instant::now() > end {
            return Ok(seen);
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

/// Messages of which nobody knows whether they went out, with their recipients. Statuses that the stand-in repeats may
/// still tell of some: those it never took stay.
async fn unsure(scene: &Scene, id: &str) -> Result<BTreeMap<String, String>> {
    let api = scene.site.api(0);
    let began = Instant::now();
    loop {
        let list = api.get(&format!("/api/v1/campaigns/{id}/recipients?state=unknown&limit=200")).await?;
        let one = |item: &Value| {
            Some((item["contact"]["phone"].as_str()?.to_owned(), item["message_id"].as_str()?.to_owned()))
        };
        let found: BTreeMap<String, String> = list["items"].as_array().into_iter().flatten().filter_map(one).collect();
        let written = written(scene).await?;
        let told_later = found.keys().any(|number| written.contains_key(number));
        if !told_later || began.elapsed() > Duration::from_secs(60) {
            return Ok(found);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Whom the stand-in took messages for, how many each.
async fn written(scene: &Scene) -> Result<BTreeMap<String, usize>> {
    let mut counted = BTreeMap::new();
    for sent in scene.sandbox.sent().await?.into_iter().filter(|sent| sent.accepted) {
        let digits = sent.to.trim_start_matches('+');
        *counted.entry(format!("+{digits}")).or_default() += 1;
    }
    Ok(counted)
}

async fn exactly_once(
    context: &Context,
    scene: &Scene,
    name: &str,
    people: usize,
    unsure: &BTreeMap<String, String>,
) -> Result<()> {
    let written = written(scene).await?;
    let twice = written.values().filter(|times| **times > 1).count();
    context.report.check(&format!("{name}: nobody gets it twice"), twice == 0, &format!("{twice} recipients twice"));
    let all: BTreeSet<String> = (0..people).map(number).collect();
    let lost = all.iter().filter(|one| !written.contains_key(*one) && !unsure.contains_key(*one)).count();
    context.report.check(
        &format!("{name}: nobody is lost"),
        lost == 0 && written.keys().all(|one| all.contains(one)),
        &format!("{} written to, {} cut off by the kill and shown so, {lost} lost", written.len(), unsure.len()),
    );
    Ok(())
}

/// What a person does with messages that nobody knows the end of: the stand-in says they never came, so they go again.
async fn settle(scene: &Scene, unsure: &BTreeMap<String, String>) -> Result<()> {
    let api = scene.site.api(0);
    for message in unsure.values() {
        let path = format!("/api/v1/messages/{message}");
        api.post(&format!("{path}/settle"), &json!({"outcome": "not_sent"})).await?;
        let status = api.get(&path).await?["status"].clone();
        if status == "failed" {
            api.ok("POST", &format!("{path}/retry"), None).await?;
        }
    }
    let began = Instant::now();
    let sql = "SELECT COUNT(*) FROM message WHERE direction = 'out' AND status NOT IN ('sent', 'delivered', 'read')";
    while scene.site.database.number(sql).await? > 0 && began.elapsed() < Duration::from_secs(60) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}
