//! Who gets a conversation: policies, working hours, agents, presence, and the job that gives out what waits.

pub mod agents;
pub mod assign;
pub(crate) mod desk;
pub mod hours;
pub mod policy;
pub mod presence;

use crate::channel::Care;
use crate::error::{Error, Result};
use rapport_core::Ms;
use rapport_core::routing::Mode;
use rapport_store::Read;
use std::collections::BTreeSet;

/// What the hot paths must know of all this.
pub(crate) async fn care(read: &Read, now: Ms) -> Result<Care> {
    let places = rapport_store::routing::places(read).await?;
    let row = rapport_store::workspace::get(read).await?;
    let survey = row.map(|row| crate::survey::settings::of(&row.settings)).unwrap_or_default();
    let since = now.plus(-survey.answer_ms);
    let by_itself = |mode: &str| Mode::parse(mode) != Mode::Manual;
    Ok(Care {
        routed: places.iter().any(|place| place.mode.as_deref().is_some_and(by_itself)),
        listening: survey.enabled || rapport_store::survey::any_since(read, since).await?,
        survey,
        notices: rapport_store::push::any(read).await?,
    })
}

/// Most skills of an agent or team.
const SKILLS: usize = 50;
/// Longest skill, in characters.
const SKILL: usize = 40;

/// Skills as they are kept: trimmed, lower case, each once.
pub(crate) fn skills(given: &[String]) -> Result<Vec<String>> {
    let kept: BTreeSet<String> = given.iter().map(|skill| skill.trim().to_lowercase()).collect();
    let bad = |skill: &String| skill.is_empty() || skill.chars().count() > SKILL || skill.chars().any(char::is_control);
    if kept.len() > SKILLS || kept.iter().any(bad) {
        return Err(Error::invalid("skills", format!("must be at most {SKILLS} words of 1 to {SKILL} characters")));
    }
    Ok(kept.into_iter().collect())
}

/// Stored skills.
pub(crate) fn words(stored: &serde_json::Value) -> Vec<String> {
    stored.as_array().into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

/// Greatest number of conversations at a time that can be chosen.
pub(crate) const CAP: u32 = 1_000;

/// A limit as it is stored.
pub(crate) fn cap(given: Option<u32>) -> Result<Option<i32>> {
    match given {
        Some(cap) if cap > CAP => Err(Error::invalid("cap", format!("must be 0 to {CAP}, or null for no limit"))),
        other => Ok(other.map(|cap| i32::try_from(cap).unwrap_or(i32::MAX))),
    }
}

/// A limit as it is used.
pub(crate) fn cap_of(stored: Option<i32>) -> Option<u32> {
    stored.map(|cap| u32::try_from(cap).unwrap_or(0))
}
