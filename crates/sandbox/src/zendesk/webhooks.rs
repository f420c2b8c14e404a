//! Change notifications: one signed post for each event.

use super::state::State;
use crate::{
    deliver::{Job, Payload},
    world::World,
};

/// Sends what has happened.
pub fn flush(world: &World, state: &mut State) {
    let events = std::mem::take(&mut state.pending);
    let Some(url) = state.config.webhook_url.clone() else { return };
    for event in events {
        world.deliverer.submit(Job {
            url: url.clone(),
            payload: Payload::Zendesk { body: event.to_string().into(), secret: state.config.signing_secret.clone() },
            lane: "zendesk".into(),
            label: "zendesk".into(),
            attempts: 0,
            first_at: world.clock.now(),
            done: None,
        });
    }
}
