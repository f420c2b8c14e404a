//! Crowds: customers that write by themselves, in sandbox time, each at its own pace.

use super::inbound::{self, Injection};
use crate::{timers::Task, world::World};
use rand::Rng;
use serde::{Deserialize, Serialize};

/// Many customers that write now and then.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crowd {
    /// How many customers, at most 100,000.
    pub customers: u32,
    /// The number before theirs: the first one's number; the others follow.
    #[serde(default = "first_number")]
    pub first: u64,
    /// Mean time between two messages of one customer, milliseconds of sandbox time.
    pub every_ms: i64,
    /// How long they go on, milliseconds of sandbox time.
    pub lasting_ms: i64,
    /// The number they write to; default the first.
    #[serde(default)]
    pub phone_number_id: Option<String>,
    /// What they write, one after the other.
    #[serde(default = "words")]
    pub texts: Vec<String>,
    /// When it ends, UTC milliseconds.
    #[serde(skip_deserializing)]
    pub until: i64,
    /// Messages written so far.
    #[serde(skip_deserializing)]
    pub written: u64,
}

fn first_number() -> u64 {
    4_915_550_000_000
}

fn words() -> Vec<String> {
    ["Hello", "Is it in stock?", "هل يمكنكم المساعدة؟", "Thank you", "Where is my order?"].map(str::to_owned).to_vec()
}

/// Lets a crowd begin; returns its number.
pub fn begin(world: &World, mut crowd: Crowd) -> Result<u64, String> {
    if !(1..=100_000).contains(&crowd.customers) {
        return Err("`customers` must be 1 to 100000".into());
    }
    if crowd.every_ms < 1 || crowd.lasting_ms < 1 || crowd.texts.is_empty() {
        return Err("`every_ms` and `lasting_ms` must be positive, and `texts` not empty".into());
    }
    let mut guard = world.wa();
    let state = &mut *guard;
    inbound::number(state, crowd.phone_number_id.as_deref())?;
    let now = world.clock.now();
    crowd.until = now + crowd.lasting_ms;
    let id = state.crowds.keys().next_back().map_or(1, |last| last + 1);
    for member in 0..crowd.customers {
        let wait = pause(&crowd, &mut state.rng);
        world.timers.at(now + wait, Task::Crowd { crowd: id, member });
    }
    state.crowds.insert(id, crowd);
    // Old crowds have ended long ago.
    while state.crowds.len() > 100 {
        state.crowds.pop_first();
    }
    Ok(id)
}

/// Lets a member write, and think of the next message.
pub fn write(world: &World, id: u64, member: u32) {
    let now = world.clock.now();
    let injection = {
        let mut guard = world.wa();
        let state = &mut *guard;
        let Some(crowd) = state.crowds.get_mut(&id).filter(|crowd| now < crowd.until) else {
            return;
        };
        let wait = pause(crowd, &mut state.rng);
        world.timers.at(now + wait, Task::Crowd { crowd: id, member });
        let text = crowd.texts[(crowd.written % crowd.texts.len() as u64) as usize].clone();
        crowd.written += 1;
        Injection {
            from: Some((crowd.first + u64::from(member)).to_string()),
            phone_number_id: crowd.phone_number_id.clone(),
            text: Some(text),
            ..Injection::default()
        }
    };
    if let Err(why) = inbound::inject(world, injection) {
        tracing::debug!(why, "a member of a crowd could not write");
    }
}

/// Exponential pauses: everyone writes at random, all together evenly.
fn pause(crowd: &Crowd, rng: &mut impl Rng) -> i64 {
    ((crowd.every_ms as f64 * -(1.0 - rng.random::<f64>()).ln()) as i64).max(1)
}
