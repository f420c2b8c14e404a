//! Channels that tell of changes for a day at most.

use super::error::{Result, ZohoError};
use super::state::State;
use crate::{
    deliver::{Job, Payload},
    reply::Reply,
    world::World,
};
use serde_json::{Value, json};

/// The longest life of a channel; whoever asks for more gets an hour.
const LONGEST: i64 = 86_400_000;
const USUAL: i64 = 3_600_000;

/// A channel.
#[derive(Clone, Debug)]
pub struct Watch {
    /// Where changes are told.
    pub url: String,
    /// Comes back in each delivery.
    pub token: String,
    /// What it tells of: `Contacts.all`.
    pub events: Vec<String>,
    /// Its end.
    pub until: i64,
}

/// Makes, renews or shows channels.
pub fn answer(state: &mut State, method: &str, body: &Value, now: i64) -> Result<Reply> {
    if method == "GET" {
        let view = |(id, watch): (&u64, &Watch)| channel(state, *id, watch);
        let all: Vec<Value> = state.watches.iter().filter(|(_, watch)| watch.until > now).map(view).collect();
        return Ok(if all.is_empty() { Reply::empty(204) } else { Reply::ok(&json!({ "watch": all })) });
    }
    let row = &body["watch"][0];
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let missing = |name: &str| {
        let details = json!({ "api_name": name, "json_path": format!("$.watch[0].{name}") });
        ZohoError::new(400, "MANDATORY_NOT_FOUND", "required field not found", details)
    };
    let id = row["channel_id"].as_u64().or_else(|| text("channel_id").parse().ok());
    let id = id.ok_or_else(|| missing("channel_id"))?;
    if text("notify_url").is_empty() {
        return Err(missing("notify_url"));
    }
    let events = row["events"].as_array().cloned().unwrap_or_default();
    let events: Vec<String> = events.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if events.is_empty() {
        return Err(missing("events"));
    }
    if method != "POST" && state.watches.get(&id).is_none_or(|watch| watch.until <= now) {
        return Err(ZohoError::new(400, "NOT_SUBSCRIBED", "Not subscribed to the given channel", json!({})));
    }
    let asked = text("channel_expiry").parse::<jiff::Timestamp>().ok().map(|at| at.as_millisecond());
    let until = asked.filter(|at| *at > now && at - now <= LONGEST).unwrap_or(now + USUAL);
    let watch = Watch { url: text("notify_url"), token: text("token"), events, until };
    let event = channel(state, id, &watch);
    state.watches.insert(id, watch);
    let message = "Successfully subscribed for actions-watch of the given module";
    let row = json!({ "code": "SUCCESS", "details": { "events": [event] }, "message": message, "status": "success" });
    Ok(Reply::json(if method == "POST" { 201 } else { 200 }, &json!({ "watch": [row] })))
}

fn channel(state: &State, id: u64, watch: &Watch) -> Value {
    json!({
        "channel_expiry": state.iso(watch.until),
        "resource_uri": "https://www.zohoapis.com/crm/v8/Contacts",
        "resource_id": "5725767000000002179",
        "resource_name": "Contacts",
        "channel_id": id.to_string(),
    })
}

/// Sends what has happened.
pub fn flush(world: &World, state: &mut State) {
    let now = world.clock.now();
    for (channel, module, operation, id) in std::mem::take(&mut state.pending) {
        let Some(watch) = state.watches.get(&channel) else { continue };
        let body = json!({
            "server_time": now,
            "query_params": {},
            "module": module,
            "resource_uri": format!("https://www.zohoapis.com/crm/v8/{module}"),
            "ids": [id.to_string()],
            "affected_fields": [],
            "operation": operation,
            "channel_id": channel.to_string(),
            "token": watch.token,
        });
        world.deliverer.submit(Job {
            url: watch.url.clone(),
            payload: Payload::Zoho { body: body.to_string().into() },
            lane: "zoho".into(),
            label: "zoho".into(),
            attempts: 0,
            first_at: now,
            done: None,
        });
    }
}
