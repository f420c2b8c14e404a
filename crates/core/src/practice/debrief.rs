//! What is said about a scenario that is over: facts, each told kindly by the screen.

use super::words::asks;
use super::{By, End, Progress, Scenario, Thread, Words};
use crate::time::{MINUTE, Ms};
use serde::{Deserialize, Serialize};

/// An answer within this is quick. Milliseconds.
const QUICK_MS: i64 = 2 * MINUTE;

/// What is said about a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debrief {
    /// From the customer's arrival to the first answer. Milliseconds.
    pub first_response_ms: Option<i64>,
    /// Answers to the customer.
    pub replies: u32,
    /// What went well and what can go better.
    pub points: Vec<Point>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// What.
    pub name: PointName,
    /// Whether it went well.
    pub good: bool,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointName {
    /// The first answer came quickly.
    FirstResponse,
    /// The customer never had to ask whether anybody is there.
    Patience,
    /// The order number was asked for.
    OrderNumber,
    /// Something was asked back before advice was given.
    AskedBack,
    /// A template was sent where nothing else may be.
    Template,
    /// A note was left for colleagues; looked at only when there is one.
    Note,
    /// It was resolved after the question was answered, not before.
    Resolved,
    /// A closing category was given; looked at only where there are some.
    Category,
}

/// Reads a finished thread.
#[must_use]
pub fn debrief(
    scenario: Scenario,
    words: &Words,
    started: Ms,
    progress: &Progress,
    thread: &Thread,
    end: End,
) -> Debrief {
    let before = started.plus(-1);
    let first = thread.answers(before).map(|(at, ..)| at).min().map(|at| at.since(started).max(0));
    let mut points = Vec::new();
    let mut note = |name, good| points.push(Point { name, good });
    note(PointName::FirstResponse, first.is_some_and(|ms| ms <= QUICK_MS));
    note(PointName::Patience, first.is_some() && progress.nudges == 0);
    match scenario {
        Scenario::Order | Scenario::Refund | Scenario::Photo => {
            let asked = thread.answers(before).any(|(_, text, template)| !template && words.asks_order(text));
            note(PointName::OrderNumber, asked);
        }
        Scenario::Size => {
            note(PointName::AskedBack, thread.answers(before).any(|(_, text, _)| asks(text)));
        }
        Scenario::Window => {
            note(PointName::Template, thread.answers(before).any(|(.., template)| template));
        }
    }
    if thread.lines.iter().any(|line| line.by == By::Note) {
        note(PointName::Note, true);
    }
    note(PointName::Resolved, end == End::Done && !progress.protested);
    if let (Some(given), End::Done) = (thread.category, end) {
        note(PointName::Category, given);
    }
    let replies = u32::try_from(thread.answers(before).count()).unwrap_or(u32::MAX);
    Debrief { first_response_ms: first, replies, points }
}
