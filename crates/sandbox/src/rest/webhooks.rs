//! What companies' own CRMs tell of themselves: a signed event for each record, or a list of ids with a secret.

use super::state::{Make, State};
use crate::{
    deliver::{Job, Payload, hmac},
    world::World,
};
use serde_json::json;

/// Sends what has happened.
pub fn flush(world: &World, state: &mut State) {
    let changed = std::mem::take(&mut state.pending);
    let Some(url) = state.config.webhook_url.clone() else { return };
    let secret = &state.config.webhook_secret;
    for (make, number) in changed {
        let (body, header) = match make {
            Make::Flat => {
                let body = json!({ "event": "customer.changed", "customer": { "id": number } }).to_string();
                let signature = format!("sha256={}", hex::encode(hmac(secret, &[body.as_bytes()])));
                (body, ("x-crm-signature".to_owned(), signature))
            }
            Make::Nested => {
                let body = json!({ "changes": [{ "person": make.id(number) }] }).to_string();
                (body, ("x-own-secret".to_owned(), secret.clone()))
            }
        };
        world.deliverer.submit(Job {
            url: url.clone(),
            payload: Payload::Rest { body: body.into(), header },
            lane: "rest".into(),
            label: "rest".into(),
            attempts: 0,
            first_at: world.clock.now(),
            done: None,
        });
    }
}
