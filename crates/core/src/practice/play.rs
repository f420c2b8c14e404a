//! What the customer does now.

use super::script::{self, Beat, Say, When};
use super::words::asks;
use super::{GIVEN_UP_MS, Scenario, Thread, Words};
use crate::time::{DAY, HOUR, MINUTE, Ms, SECOND};
use serde::{Deserialize, Serialize};

/// How long the customer takes to answer, counted from the agent's last line. Milliseconds.
const THINK_MS: i64 = 2_500;
/// How long the customer waits before asking whether anybody is there. Milliseconds.
const PATIENCE_MS: i64 = 2 * MINUTE;
/// How often, in the whole scenario.
const NUDGES_MOST: u8 = 2;
/// Lines a customer writes in a scenario; scripts stay far below.
const LINES_MOST: u16 = 12;
/// A resolved conversation rests so long before the scenario is over: the last answer shall arrive. Milliseconds.
const REST_MS: i64 = 4 * SECOND;
/// An answer arrives after this, and is read after that. Milliseconds.
const DELIVERED_MS: i64 = 700;
const READ_MS: i64 = 1_800;
/// How often it is looked, at least and at most. Milliseconds.
const LOOK_MS: (i64, i64) = (SECOND, 15 * SECOND);

/// How far a scenario has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The beat of the script.
    pub beat: String,
    /// Answers up to here were heard.
    pub heard: Ms,
    /// When the customer last wrote.
    pub spoke: Ms,
    /// Lines the customer wrote.
    pub said: u16,
    /// How often the customer asked whether anybody is there.
    pub nudges: u8,
    /// Whether that was since the last answer.
    pub nudged: bool,
    /// Whether the customer objected that it was resolved too early.
    pub protested: bool,
}

/// What the customer writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Utterance {
    /// Words.
    Text(String),
    /// The photo, with a caption.
    Photo(String),
}

/// How a scenario ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Resolved.
    Done,
    /// Left alone.
    GivenUp,
}

/// What happens now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// What the customer writes, in this order.
    pub says: Vec<Utterance>,
    /// How far it has come then.
    pub progress: Progress,
    /// Whether it is over.
    pub end: Option<End>,
    /// When to look again.
    pub again: Ms,
}

/// The beginning: what the customer wrote, and when that was.
#[must_use]
pub fn begin(scenario: Scenario, words: &Words, now: Ms) -> (Progress, Vec<Utterance>, Ms) {
    let first = script::of(scenario).first();
    let says = first.map(|beat| utter(beat, words)).unwrap_or_default();
    // Longer ago than the day in which anything may be answered.
    let at = if scenario == Scenario::Window { now.plus(-(DAY + HOUR)) } else { now };
    let progress = Progress {
        beat: first.map_or("", |beat| beat.name).to_owned(),
        heard: now.plus(-1),
        spoke: now,
        said: u16::try_from(says.len()).unwrap_or(u16::MAX),
        nudges: 0,
        nudged: false,
        protested: false,
    };
    (progress, says, at)
}

/// What the customer of a scenario that began at `started` does now.
#[must_use]
pub fn play(scenario: Scenario, words: &Words, started: Ms, progress: &Progress, thread: &Thread, now: Ms) -> Cue {
    let mut next = progress.clone();
    let beat = script::beat(scenario, &progress.beat);
    let over = beat.is_none_or(|beat| beat.moves.is_empty());
    let last = thread.answers(progress.heard).map(|(at, ..)| at).max();
    let mut says = Vec::new();
    let mut end = None;
    if let Some(resolved) = thread.resolved_at {
        let unheard = last.is_some_and(|at| at <= resolved);
        if over || progress.protested || unheard {
            end = (now.since(resolved) >= REST_MS).then_some(End::Done);
        } else if now.since(resolved) >= THINK_MS {
            says.push(Utterance::Text(words.get("protest").to_owned()));
            next.protested = true;
            next.heard = next.heard.max(resolved);
        }
    } else if let Some(last) = last {
        if now.since(last) >= THINK_MS {
            if let Some(beat) = follow(scenario, words, beat, thread, progress.heard) {
                beat.name.clone_into(&mut next.beat);
                says = utter(beat, words);
            }
            next.heard = last;
            next.nudged = false;
        }
    } else if is_impatient(scenario, progress, over, now) {
        says.push(Utterance::Text(words.get("nudge").to_owned()));
        next.nudges += 1;
        next.nudged = true;
    }
    if progress.said >= LINES_MOST {
        says.clear();
    }
    if !says.is_empty() {
        next.spoke = now;
        next.said = next.said.saturating_add(u16::try_from(says.len()).unwrap_or(u16::MAX));
    }
    if end.is_none() && now.since(started) >= GIVEN_UP_MS {
        end = Some(End::GivenUp);
    }
    let again = now.plus(pause(&next, thread, now));
    Cue { says, progress: next, end, again }
}

/// What a message that was handed over so long ago should have become: `delivered`, then `read`.
#[must_use]
pub fn receipt(sent: Ms, now: Ms) -> Option<&'static str> {
    match now.since(sent) {
        age if age >= READ_MS => Some("read"),
        age if age >= DELIVERED_MS => Some("delivered"),
        _ => None,
    }
}

fn utter(beat: &Beat, words: &Words) -> Vec<Utterance> {
    let one = |say: &Say| match say {
        Say::Text(key) => Utterance::Text(words.get(key).to_owned()),
        Say::Photo(key) => Utterance::Photo(words.get(key).to_owned()),
    };
    beat.says.iter().map(one).collect()
}

fn follow(scenario: Scenario, words: &Words, beat: Option<&Beat>, thread: &Thread, heard: Ms) -> Option<&'static Beat> {
    let fits = |when: When| {
        thread.answers(heard).any(|(_, text, template)| match when {
            When::AsksOrder => !template && words.asks_order(text),
            When::AsksBack => !template && asks(text),
            When::Template => template,
            When::Writes => true,
        })
    };
    let (_, name) = beat?.moves.iter().find(|(when, _)| fits(*when))?;
    script::beat(scenario, name)
}

fn is_impatient(scenario: Scenario, progress: &Progress, over: bool, now: Ms) -> bool {
    // Whoever wrote a day ago does not sit and wait.
    let away = scenario == Scenario::Window && progress.beat == "start";
    !over && !away && !progress.nudged && progress.nudges < NUDGES_MOST && now.since(progress.spoke) >= PATIENCE_MS
}

/// The longer nothing happens, the less often it is looked.
fn pause(progress: &Progress, thread: &Thread, now: Ms) -> i64 {
    let latest = thread.answers(Ms(i64::MIN)).map(|(at, ..)| at).max().unwrap_or(progress.spoke).max(progress.spoke);
    (now.since(latest) / 40).clamp(LOOK_MS.0, LOOK_MS.1)
}
