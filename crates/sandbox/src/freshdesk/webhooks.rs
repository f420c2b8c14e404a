//! The automation rules: when a customer writes a ticket or somebody changes one, they call an address with its id, the
//! contact's, and a header.

use super::state::State;
use crate::{
    deliver::{Job, Payload},
    world::World,
};
use serde_json::{Value, json};

/// Fires the rule for a contact; nothing happens when the rule has no address.
pub fn fire(world: &World, state: &State, id: u64) {
    send(world, state, &json!({ "contact_id": id.to_string(), "event": "ticket" }));
}

/// Fires the rule for a ticket that somebody changed.
pub fn changed(world: &World, state: &State, id: u64) {
    send(world, state, &json!({ "ticket_id": id, "event": "ticket_updated" }));
}

fn send(world: &World, state: &State, body: &Value) {
    let Some(url) = state.config.webhook_url.clone() else { return };
    let body = body.to_string();
    world.deliverer.submit(Job {
        url,
        payload: Payload::Freshdesk { body: body.into(), header: state.config.webhook_header.clone() },
        lane: "freshdesk".into(),
        label: "freshdesk".into(),
        attempts: 0,
        first_at: world.clock.now(),
        done: None,
    });
}
