//! F16 to F23: a CRM that is slow, away, forgetful, or at odds with itself.

use super::Context;
use super::scene::Scene;
use crate::Result;
use crate::site::product::Kind;
use crate::sync::scenes::SCENES;
use crate::sync::stand::{STANDS, Stand};
use crate::sync::{alone, storms};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Messages a second while the CRM does not answer.
const RATE: f64 = 100.0;
/// Calls that a CRM which never answers may get in one window, looking for changes included.
const CALLS: u64 = 40;

/// Stories and scenes of synchronisation, in this process and with time of their own: of every kind in the long form,
/// of one more than HubSpot in the short one.
pub async fn sync(context: &Context) -> Result<()> {
    let other = 1 + usize::try_from(context.seed)? % (STANDS.len() - 1);
    let kinds: Vec<&'static Stand> = STANDS
        .iter()
        .enumerate()
        .filter(|(at, _)| context.long || *at == 0 || *at == other)
        .map(|(_, one)| one)
        .collect();
    for stand in kinds {
        for (name, title, scene) in SCENES {
            // The crowd is a matter of minutes in a development build.
            if !context.long && *name == "crowd" {
                continue;
            }
            let long = context.long;
            let wrong = alone(move || scene(stand, long))?;
            context.report.check(&format!("{title}: {}", stand.kind), wrong.is_empty(), &wrong.join("; "));
        }
        // The short form plays what it played before; looking for new stories is the long form's.
        let (seed, count) = if context.long { (context.seed, 100) } else { (1, 3) };
        let wrong = storms(stand, seed, count)?;
        let name = format!("F7 F17 F18 F22 edits on both sides under faults: {}", stand.kind);
        context.report.check(&name, wrong.is_empty(), &wrong.join("; "));
    }
    Ok(())
}

/// A CRM that answers after half a minute, or takes connections and never answers, beside one that is well.
pub async fn slow(context: &Context) -> Result<()> {
    let seconds = if context.long { 20.0 } else { 5.0 };
    let rounds = if context.long { 4 } else { 3 };
    let mut scene = Scene::new(context, Kind::Sqlite, 1, 1).await?;
    scene.messages_only((RATE * seconds) as usize * (rounds * 2 + 2));
    let id = connect(&scene).await?;
    let (mut well, mut ill, mut most) = (Vec::new(), Vec::new(), 0);
    // Caches and pools fill in the first window.
    window(&mut scene, seconds).await?;
    for round in 0..rounds {
        well.push(window(&mut scene, seconds).await?);
        let fault = if round % 2 == 0 {
            json!({ "target": "hubspot", "kind": "timeout" })
        } else {
            json!({ "target": "hubspot", "kind": "delay", "delay_ms": 30_000 })
        };
        scene.sandbox.fault(&fault).await?;
        ill.push(window(&mut scene, seconds).await?);
        most = most.max(hits(&scene).await?);
        scene.sandbox.calm().await?;
    }
    // Whatever else runs on the machine only adds: the best window of each says most.
    let (well, ill) = (least(&well), least(&ill));
    let line = if context.long { well * 1.1 + 10.0 } else { well * 1.5 + 50.0 };
    let told = format!("p99 {ill:.1} ms beside {well:.1} ms");
    context.report.check("F16 a CRM that does not answer leaves the inbox alone", ill <= line, &told);
    let told = format!("{most} calls in {seconds} s");
    context.report.check("F16 who does not answer is asked less and less", most <= CALLS, &told);
    let view = scene.site.api(0).get(&format!("/api/v1/connections/{id}")).await?;
    let waits = view["backlog"].as_i64().unwrap_or(0);
    context.report.check("F16 what waits is shown", waits > 0 && view["failed"] == 0, &format!("{waits} wait"));
    context
        .report
        .settled("F16", caught_up(&scene, &id, Duration::from_secs(if context.long { 600 } else { 150 })).await);
    context.report.settled("F16 the inbox", scene.site.drain(Duration::from_secs(60)).await);
    Ok(())
}

/// Connects the stand-in's HubSpot.
async fn connect(scene: &Scene) -> Result<String> {
    let new = json!({
        "kind": "hubspot",
        "access_token": "pat-one",
        "base_url": format!("{}/hubspot", scene.sandbox.url()),
    });
    let made = scene.site.api(0).post("/api/v1/connections", &new).await?;
    Ok(made["id"].as_str().ok_or("the connection has no id")?.to_owned())
}

/// The p99 of acknowledgements at a fixed rate, ms.
async fn window(scene: &mut Scene, seconds: f64) -> Result<f64> {
    let load = scene.load((RATE * seconds) as usize, 16);
    let order = Arc::clone(&load.order);
    let outcome = load.open(RATE).await;
    scene.note(&order, &outcome);
    if outcome.broken > 0 || !outcome.refused.is_empty() {
        return Err(format!("{} deliveries broke, refused: {:?}", outcome.broken, outcome.refused).into());
    }
    Ok(outcome.latency.millis(0.99))
}

fn least(all: &[f64]) -> f64 {
    all.iter().copied().fold(f64::INFINITY, f64::min)
}

/// Calls that met the fault in force.
async fn hits(scene: &Scene) -> Result<u64> {
    let faults = scene.sandbox.api().get("/_sandbox/faults").await?;
    let of = |fault: &Value| fault["hits"].as_u64().unwrap_or(0);
    Ok(faults["items"].as_array().map_or(0, |all| all.iter().map(of).sum()))
}

async fn caught_up(scene: &Scene, id: &str, limit: Duration) -> Result<()> {
    let began = Instant::now();
    loop {
        let view = scene.site.api(0).get(&format!("/api/v1/connections/{id}")).await?;
        if view["backlog"] == 0 {
            return Ok(());
        }
        if began.elapsed() > limit {
            return Err(format!("{} changes still wait", view["backlog"]).into());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
