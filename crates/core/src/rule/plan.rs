//! The way through a rule's steps, up to the next wait.

use super::judge::{Explained, Scene, explain};
use super::local::minutes;
use super::step::Step;
use crate::Ms;
use serde::{Deserialize, Serialize};

/// What is to be done now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The steps, in order; neither waits nor branches are among them.
    pub steps: Vec<Planned>,
    /// The branches on the way, and why they were taken so.
    pub branches: Vec<Taken>,
    /// What comes after the steps.
    pub next: Next,
}

/// A step and its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// Where it stands: `2`, `3.then.0`.
    pub path: String,
    /// The step.
    pub step: Step,
}

/// A branch that was passed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    /// Where it stands.
    pub path: String,
    /// `then` or `else`.
    pub arm: String,
    /// Why.
    pub why: Explained,
}

/// What comes after the planned steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "then", rename_all = "snake_case")]
pub enum Next {
    /// Nothing: the rule is through.
    End,
    /// Nothing: a step says so.
    Stop,
    /// A wait.
    Wait {
        /// Where it stands.
        path: String,
        /// When it is over.
        until: Ms,
    },
}

/// The word for the arm of a branch.
fn word(arm: bool) -> &'static str {
    if arm { "then" } else { "else" }
}

/// One part of a path: the step's place, and the arm that was entered there.
type Mark = (usize, Option<bool>);

fn marks(path: &str) -> Option<Vec<Mark>> {
    let mut parts = path.split('.');
    let mut marks = Vec::new();
    while let Some(place) = parts.next() {
        let arm = match parts.next() {
            None => None,
            Some("then") => Some(true),
            Some("else") => Some(false),
            Some(_) => return None,
        };
        marks.push((place.parse().ok()?, arm));
    }
    Some(marks)
}

impl Plan {
    /// The way from the beginning.
    #[must_use]
    pub fn begin(steps: &[Step], scene: &Scene<'_>) -> Self {
        Self::walk(steps, &[], scene)
    }

    /// The way on from behind a step that was waited at; `None` when there is no such place.
    #[must_use]
    pub fn after(steps: &[Step], path: &str, scene: &Scene<'_>) -> Option<Self> {
        Some(Self::walk(steps, &marks(path)?, scene))
    }

    fn walk(steps: &[Step], from: &[Mark], scene: &Scene<'_>) -> Self {
        let mut plan = Self { steps: Vec::new(), branches: Vec::new(), next: Next::End };
        plan.list(steps, "", from, scene);
        plan
    }

    /// True when the list was walked to its end.
    fn list(&mut self, steps: &[Step], before: &str, from: &[Mark], scene: &Scene<'_>) -> bool {
        let mut first = 0;
        if let [(place, arm), inner @ ..] = from {
            first = place + 1;
            if let (Some(arm), Some(Step::Branch { then, otherwise, .. })) = (arm, steps.get(*place)) {
                let inside = if *arm { then } else { otherwise };
                if !self.list(inside, &format!("{before}{place}.{}.", word(*arm)), inner, scene) {
                    return false;
                }
            }
        }
        steps.iter().enumerate().skip(first).all(|(place, step)| self.step(step, &format!("{before}{place}"), scene))
    }

    fn step(&mut self, step: &Step, path: &str, scene: &Scene<'_>) -> bool {
        match step {
            Step::Wait { minutes: given } => {
                self.next = Next::Wait { path: path.to_owned(), until: scene.now.plus(minutes(*given)) };
                false
            }
            Step::Stop => {
                self.next = Next::Stop;
                false
            }
            Step::Branch { when, then, otherwise } => {
                let why = explain(when, scene);
                let arm = why.met();
                self.branches.push(Taken { path: path.to_owned(), arm: word(arm).to_owned(), why });
                let inside = if arm { then } else { otherwise };
                self.list(inside, &format!("{path}.{}.", word(arm)), &[], scene)
            }
            other => {
                self.steps.push(Planned { path: path.to_owned(), step: other.clone() });
                true
            }
        }
    }
}
