//! The automation rule: when a customer writes a ticket, it calls an address with the contact's id and a header.

use super::state::State;
use crate::{
    deliver::{Job, Payload},
    world::World,
};
use serde_json::json;

/// Fires the rule for a contact; nothing happens when the rule has no address.
pub fn fire(world: &World, state: &State, id: u64) {
    let Some(url) = state.config.webhook_url.clone() else { return };
    let body = json!({ "contact_id": id.to_string(), "event": "ticket" }).to_string();
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
