//! Change notifications: one signed post for each event.

use super::state::State;
use crate::{
    deliver::{Job, Payload},
    world::World,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha1::Sha1;

/// Sends what has happened.
pub fn flush(world: &World, state: &mut State) {
    let events = std::mem::take(&mut state.pending);
    let Some(url) = state.config.webhook_url.clone() else { return };
    for event in events {
        world.deliverer.submit(Job {
            url: url.clone(),
            payload: Payload::Intercom { event, secret: state.config.client_secret.clone() },
            lane: "intercom".into(),
            label: "intercom".into(),
            attempts: 0,
            first_at: world.clock.now(),
            done: None,
        });
    }
}

/// An event as it is posted: `attempt` counts from 1.
pub fn signed(request: reqwest::RequestBuilder, attempt: u32, event: &Value, secret: &str) -> reqwest::RequestBuilder {
    let mut event = event.clone();
    event["delivery_attempts"] = attempt.into();
    let body = event.to_string();
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body.as_bytes());
    request
        .header("content-type", "application/json")
        .header("user-agent", "intercom-parrot-service-client/1.0")
        .header("x-hub-signature", format!("sha1={}", hex::encode(mac.finalize().into_bytes())))
        .body(body)
}
