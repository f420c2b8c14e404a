//! From a change on one side of a CRM connection to the change on the other, with webhooks and in good weather.

use super::ingest::install;
use super::report::Row;
use super::{Context, Engine, Part};
use crate::Result;
use crate::histogram::Histogram;
use crate::http::Api;
use crate::site::process::Quiet;
use crate::site::sandbox::Sandbox;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Changes each way; half of them for a quick look.
const CHANGES: usize = 60;
/// Between two of them.
const REST: Duration = Duration::from_millis(700);
/// What must not be exceeded, and what is aimed at. Milliseconds.
const LINE: (f64, f64) = (3_000.0, 1_000.0);
/// One change must have arrived by then.
const PATIENCE: Duration = Duration::from_secs(30);

/// Both ways on one engine.
pub async fn run(context: &Context, engine: Engine) -> Result<Part> {
    let sandbox = Sandbox::start(&context.binary).await?;
    let (site, _node) = install(context, engine).await?;
    let (here, there) = (site.api(0), sandbox.api().clone());
    let new = json!({
        "kind": "hubspot",
        "access_token": "pat-one",
        "client_secret": "hook-secret",
        "base_url": format!("{}/hubspot", sandbox.url()),
    });
    let made = here.post("/api/v1/connections", &new).await?;
    let id = text(&made, "id")?;
    let hook = json!({
        "target_url": format!("http://{}/webhooks/hubspot/{id}", site.addresses[0]),
        "client_secret": "hook-secret",
    });
    there.post("/_sandbox/hubspot/webhooks", &hook).await?;
    let changes = if context.pairs > 2 { CHANGES } else { CHANGES / 2 };
    let quiet = Quiet::watch();
    let (mut out, mut back) = (Histogram::default(), Histogram::default());
    for number in 0..changes {
        let person =
            json!({ "name": format!("Measured {number}"), "phone": format!("+49151{:08}", 20_000_000 + number) });
        let began = Instant::now();
        let contact = text(&here.post("/api/v1/contacts", &person).await?, "id")?;
        let record = arrives(&there, "/_sandbox/hubspot/contacts", |all| {
            let items = all["items"].as_array()?;
            let own = items.iter().find(|record| record["properties"]["rapport_contact_id"] == contact.as_str())?;
            Some(own["id"].as_str()?.to_owned())
        })
        .await?;
        out.record(u64::try_from(began.elapsed().as_micros())?);
        let name = format!("Changed{number}");
        let began = Instant::now();
        let edit = json!({ "firstname": name, "lastname": "" });
        there.post(&format!("/_sandbox/hubspot/contacts/{record}"), &edit).await?;
        arrives(&here, &format!("/api/v1/contacts/{contact}"), |view| {
            (view["name"] == name.as_str()).then_some(String::new())
        })
        .await?;
        back.record(u64::try_from(began.elapsed().as_micros())?);
        // So that no change waits for its turn: the pace that spares the CRM is not measured here.
        tokio::time::sleep(REST).await;
    }
    let foreign = quiet.foreign();
    let mut part = Part::default();
    for (way, histogram) in [("here to the CRM", &out), ("the CRM to here", &back)] {
        let name = |what: &str| format!("{} change from {way}, {what}", engine.name());
        part.rows.push(Row::new(name("p50"), histogram.millis(0.5), "ms").beside(foreign));
        let row = Row::new(name("p99"), histogram.millis(0.99), "ms").want(LINE.0, LINE.1).beside(foreign);
        part.rows.push(row.note(format!("{} changes, one after the other", histogram.count())));
    }
    Ok(part)
}

fn text(value: &Value, name: &str) -> Result<String> {
    Ok(value[name].as_str().ok_or_else(|| format!("no {name} in {value}"))?.to_owned())
}

/// Looks until something is there.
async fn arrives(api: &Api, path: &str, find: impl Fn(&Value) -> Option<String>) -> Result<String> {
    let began = Instant::now();
    loop {
        if let Some(found) = find(&api.get(path).await?) {
            return Ok(found);
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("{path} did not change within {} s", PATIENCE.as_secs()).into());
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}
