//! The evaluation of rules on one core, without a database.

use super::mix;
use crate::Result;
use crate::generate::texts::TEXTS;
use crate::measure::stats::median;
use crate::site::process::Quiet;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rapport_app::rule::set::RuleSet;
use rapport_core::rule::{Event, Facts, Heard, Known, Message, Past, Person, Said, What, decide};
use rapport_core::time::{DAY, MINUTE};
use rapport_core::{ContactId, ConversationId, MessageId, Ms};
use rapport_store::rule::Stamp;
use serde_json::json;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// A Tuesday afternoon.
const NOW: Ms = Ms(1_790_086_400_000);
/// Events that are evaluated again and again: more than caches hold of their facts.
const EVENTS: usize = 4_000;
/// Windows, of which the median counts.
const WINDOWS: usize = 5;

/// What was measured.
pub struct Rates {
    /// Events evaluated per second, their words being known.
    pub decided: f64,
    /// Messages searched for words per second.
    pub searched: f64,
    /// Both per second.
    pub both: f64,
    /// How many rules listen to an event, on average.
    pub listening: f64,
    /// Share of the machine that others used.
    pub foreign: f64,
}

/// An event with what is known when it is judged.
struct Scene {
    event: Event,
    text: String,
    facts: Facts,
}

/// Measures on this thread.
pub fn rates(window: Duration, seed: u64) -> Result<Rates> {
    let set = RuleSet::of(rules()?, Stamp::default());
    let scenes = scenes(&set, seed);
    let quiet = Quiet::watch();
    let of = |scene: &Scene| scene.facts.message.as_ref().map_or_else(Heard::default, |message| message.heard.clone());
    let decided = rate(window, &scenes, |scene| evaluate(&set, scene, &of(scene)));
    let spoken: Vec<&Scene> = scenes.iter().filter(|scene| !scene.text.is_empty()).collect();
    let searched = rate(window, &spoken, |scene| usize::from(set.heard(&scene.text) != Heard::default()));
    let both = rate(window, &scenes, |scene| evaluate(&set, scene, &set.heard(&scene.text)));
    let listening: usize = scenes.iter().map(|scene| evaluate(&set, scene, &of(scene))).sum();
    let listening = listening as f64 / scenes.len() as f64;
    Ok(Rates { decided, searched, both, listening, foreign: quiet.foreign() })
}

/// Decides about every rule that listens; tells how many do.
fn evaluate(set: &RuleSet, scene: &Scene, heard: &Heard) -> usize {
    let mut listening = 0;
    for rules in set.listening(&scene.event, heard).into_values() {
        listening += rules.len();
        black_box(decide(&rules, &scene.facts, &scene.event, NOW));
    }
    listening
}

/// How many items are done in a second: the median of some windows.
pub(super) fn rate<T>(window: Duration, items: &[T], mut work: impl FnMut(&T) -> usize) -> f64 {
    let rates: Vec<f64> = (0..WINDOWS)
        .map(|_| {
            let (began, mut done) = (Instant::now(), 0_usize);
            while began.elapsed() < window / 5 {
                for item in items {
                    black_box(work(item));
                }
                done += items.len();
            }
            done as f64 / began.elapsed().as_secs_f64()
        })
        .collect();
    median(&rates)
}

fn rules() -> Result<Vec<Known>> {
    let known = |(number, definition)| {
        let definition = serde_json::from_value(definition)?;
        Ok(Known { id: Uuid::from_u128(number), version: 1, enabled: true, shadow: false, definition })
    };
    (1..).zip(mix::definitions()).map(known).collect()
}

/// Seven of ten are messages; the rest is what people and systems do with conversations and contacts.
fn scenes(set: &RuleSet, seed: u64) -> Vec<Scene> {
    let mut random = StdRng::seed_from_u64(seed);
    (0..EVENTS)
        .map(|number| {
            let language = TEXTS[random.random_range(0..TEXTS.len())];
            let text = language[random.random_range(0..language.len())];
            let what = match random.random_range(0..20) {
                0 | 1 => What::Opened,
                2 => What::Assigned,
                3 => What::Resolved,
                4 => What::Tagged { tags: vec!["price".to_owned()] },
                5 => What::Changed { fields: vec!["name".to_owned(), "fields.size".to_owned()] },
                _ => What::Message,
            };
            scene(set, number as u128 + 1, text, what)
        })
        .collect()
}

fn scene(set: &RuleSet, number: u128, text: &str, what: What) -> Scene {
    let (contact, conversation) = (ContactId(Uuid::from_u128(number)), ConversationId(Uuid::from_u128(number)));
    let spoken = what == What::Message;
    let message = spoken.then(|| Message {
        id: MessageId(Uuid::from_u128(number)),
        at: NOW,
        kind: "text".to_owned(),
        text: text.to_owned(),
        language: None,
        mood: Some(0.5),
        products: Vec::new(),
        heard: set.heard(text),
    });
    let said = (0..10_i64).map(|place| Said {
        conversation_id: conversation,
        at: NOW.plus(-place * 40 * MINUTE),
        inbound: place % 2 == 0,
        by: if place % 2 == 0 { "contact" } else { "rule" }.to_owned(),
        heard: if place == 0 { set.heard(text) } else { Heard::default() },
        human: false,
    });
    let runs =
        (1..4_u128).map(|rule| Past { rule_id: Uuid::from_u128(rule), at: NOW.plus(-DAY), depth: 0, shadow: false });
    let facts = Facts {
        contact: person(contact),
        // No rule of the mix asks about it.
        conversation: None,
        message,
        order: None,
        said: said.collect(),
        runs: runs.collect(),
        begun: BTreeMap::new(),
        zone: "Asia/Dubai".to_owned(),
    };
    let event = Event {
        key: format!("message:{number}"),
        at: NOW,
        contact_id: contact,
        conversation_id: Some(conversation),
        message_id: spoken.then_some(MessageId(Uuid::from_u128(number))),
        settle_ms: 0,
        cause: None,
        what,
    };
    Scene { event, text: if spoken { text.to_owned() } else { String::new() }, facts }
}

/// A customer as rules ask about them.
pub(super) fn person(id: ContactId) -> Person {
    Person {
        id,
        fields: json!({ "tags": ["VIP", "asked"], "size": "L", "points": 120 }),
        name: "Lina Costa".to_owned(),
        phone: Some("+5511987654321".to_owned()),
        country: Some("BR".to_owned()),
        language: Some("pt".to_owned()),
        lifecycle: "lead".to_owned(),
        consent: "unknown".to_owned(),
        first_inbound_at: Some(NOW.plus(-DAY)),
        last_inbound_at: Some(NOW),
        created_at: Some(NOW.plus(-DAY)),
        timezone: None,
        email: None,
        owner_id: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_find_their_rules_and_something_comes_of_it() {
        let set = RuleSet::of(rules().expect("the rules read"), Stamp::default());
        let scenes = scenes(&set, 1);
        let count = |kind: fn(&What) -> bool| {
            let those = scenes.iter().filter(|scene| kind(&scene.event.what));
            those.map(|scene| evaluate(&set, scene, &set.heard(&scene.text))).collect::<Vec<_>>()
        };
        let messages = count(|what| *what == What::Message);
        assert!(messages.iter().all(|found| *found >= 4), "four rules look at every message");
        assert!(messages.iter().filter(|found| **found > 4).count() * 20 > messages.len(), "some say a word");
        assert!(count(|what| *what == What::Opened).iter().all(|found| *found == 8));
        assert!(count(|what| matches!(what, What::Changed { .. })).iter().all(|found| *found == 2));
    }
}
