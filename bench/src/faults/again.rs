//! F13: a message failed by its status, and two tabs try it again at once.

use super::Context;
use super::scene::{Scene, write};
use super::sends::reach;
use crate::Result;
use crate::site::product::Kind;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// "The customer is in a group that gets no marketing": told by a status, after the message was taken.
const FAILS_WITH: i64 = 130_472;

/// One message after the other.
pub async fn run(context: &Context) -> Result<()> {
    let scene = Scene::new(context, Kind::Sqlite, 1, 10).await?;
    let rounds = if context.long { 20 } else { 3 };
    for talk in scene.talk(rounds).await? {
        round(context, &scene, &talk).await?;
    }
    let lines = scene.site.api(0).get("/api/v1/audit?target_kind=message&limit=200").await?;
    let retried = lines["items"]
        .as_array()
        .map_or(0, |items| items.iter().filter(|line| line["action"] == "message.retried").count());
    context.report.check(
        "F13 each new try stands in the audit log once",
        retried == rounds as usize,
        &format!("{retried} lines for {rounds} messages"),
    );
    context.report.settled("F13", scene.rest(Duration::from_secs(30)).await);
    Ok(())
}

async fn round(context: &Context, scene: &Scene, talk: &str) -> Result<()> {
    let fault = json!({"target": "whatsapp", "kind": "error_code", "code": FAILS_WITH, "times": 1,
        "match": {"path": "/messages", "method": "POST"}});
    scene.sandbox.fault(&fault).await?;
    let api = scene.site.api(0);
    let id = write(&api, talk, "will fail", None).await?;
    let failed = reach(scene, &id, &["failed"], Duration::from_secs(15)).await?;
    scene.sandbox.calm().await?;
    let path = format!("/api/v1/messages/{id}");
    let code = api.get(&path).await?["error"]["code"].clone();
    context.report.check("F13 it fails, and says why", failed == "failed" && code == FAILS_WITH, &format!("{code}"));
    let retry = format!("{path}/retry");
    let press = || async {
        let answer = scene.site.api(0).call("POST", &retry, None).await;
        answer.map_or(0, |(status, _)| status)
    };
    let pressed: BTreeSet<u16> = <[u16; 4]>::from(tokio::join!(press(), press(), press(), press())).into();
    let status = reach(scene, &id, &["sent", "delivered", "read"], Duration::from_secs(15)).await?;
    let tries = taken(scene, &id).await?;
    context.report.check(
        "F13 pressed four times in two tabs: one new try with an id of its own",
        pressed == BTreeSet::from([202, 409]) && tries.len() == 2 && tries[0].0 != tries[1].0,
        &format!("answers {pressed:?}, {status}, {} tries", tries.len()),
    );
    let [(old, first), (new, second)] = tries.as_slice() else { return Ok(()) };
    context.report.check(
        "F13 each try has its own number",
        first.ends_with(":1") && second.ends_with(":2"),
        &format!("{first}, {second}"),
    );
    // The provider repeats its reports for days.
    scene.sandbox.tell(&json!({"wamid": old, "status": "failed", "code": FAILS_WITH})).await?;
    scene.site.drain(Duration::from_secs(10)).await?;
    let now = reach(scene, &id, &["delivered", "read"], Duration::from_secs(10)).await?;
    let lines = scene.site.database.lines().await?;
    let known = lines.iter().find(|line| line.id == id).and_then(|line| line.provider_id.clone());
    context.report.check(
        "F13 the old failure does not touch the new try",
        now != "failed" && known.as_deref() == Some(new),
        &format!("{now}, id of the {} try", if known.as_deref() == Some(new) { "new" } else { "old" }),
    );
    let why = api.get(&format!("{path}/why")).await?;
    let history = why["attempts"].as_array().map_or(0, Vec::len);
    context.report.check("F13 both tries are shown", history == 2, &format!("{history} tries"));
    Ok(())
}

/// Provider ids and callbacks of the tries at a message that the stand-in took, in order.
async fn taken(scene: &Scene, id: &str) -> Result<Vec<(String, String)>> {
    let one = |item: &Value| {
        let callback = item["biz_opaque_callback_data"].as_str()?.to_owned();
        let wamid = item["wamid"].as_str()?.to_owned();
        callback.replace('-', "").contains(id).then_some((wamid, callback))
    };
    Ok(scene.sandbox.received().await?.iter().filter_map(one).collect())
}
