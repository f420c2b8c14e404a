//! Keys that a person chose for actions: by the place of the key on the keyboard, so that they are the same fingers on every
//! layout.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most actions that keys can be chosen for.
pub const MOST: usize = 200;
/// Longest name of an action or key.
const LONGEST: usize = 40;

/// A key with what is held beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Chord {
    /// The key's place, as browsers name it (`KeyboardEvent.code`): `KeyK`, `Digit1`, `Slash`.
    pub code: String,
    /// Ctrl, or Command on a Mac.
    #[serde(default)]
    pub held: bool,
    /// Shift.
    #[serde(default)]
    pub shift: bool,
    /// Alt, or Option on a Mac.
    #[serde(default)]
    pub alt: bool,
}

/// Why a choice of keys cannot be kept; each names the action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Too many.
    #[error("more actions than there are")]
    TooMany,
    /// Not the name of an action.
    #[error("{0} is no action")]
    NoAction(String),
    /// Not a key.
    #[error("{0} has no key that could be pressed")]
    NoKey(String),
    /// Two actions have the same keys.
    #[error("{0} has the same keys as {1}")]
    Same(String, String),
}

impl Unfit {
    /// The action at fault.
    #[must_use]
    pub fn action(&self) -> &str {
        match self {
            Self::TooMany => "",
            Self::NoAction(action) | Self::NoKey(action) | Self::Same(action, _) => action,
        }
    }
}

/// Whether a choice can be kept: named actions, real keys, no two actions with the same ones. `None` takes an action's key
/// away.
///
/// # Errors
/// The first thing that does not fit.
pub fn check(chosen: &BTreeMap<String, Option<Chord>>) -> Result<(), Unfit> {
    if chosen.len() > MOST {
        return Err(Unfit::TooMany);
    }
    let mut taken: BTreeMap<&Chord, &str> = BTreeMap::new();
    for (action, chord) in chosen {
        if action.is_empty()
            || action.len() > LONGEST
            || !action.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        {
            return Err(Unfit::NoAction(action.clone()));
        }
        let Some(chord) = chord else { continue };
        let code = chord.code.as_str();
        if code.is_empty()
            || code.len() > LONGEST
            || !code.bytes().all(|b| b.is_ascii_alphanumeric())
            || is_held_key(code)
        {
            return Err(Unfit::NoKey(action.clone()));
        }
        if let Some(other) = taken.insert(chord, action) {
            return Err(Unfit::Same(action.clone(), other.to_owned()));
        }
    }
    Ok(())
}

/// Keys that are only held beside others.
fn is_held_key(code: &str) -> bool {
    ["Shift", "Control", "Alt", "Meta", "OS", "CapsLock", "NumLock", "Fn"].iter().any(|held| code.starts_with(held))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chord(code: &str, held: bool) -> Option<Chord> {
        Some(Chord { code: code.to_owned(), held, shift: false, alt: false })
    }

    fn chosen(rows: &[(&str, Option<Chord>)]) -> BTreeMap<String, Option<Chord>> {
        rows.iter().map(|(action, chord)| ((*action).to_owned(), chord.clone())).collect()
    }

    #[test]
    fn two_actions_never_have_the_same_keys() {
        let fine = chosen(&[
            ("next", chord("KeyJ", false)),
            ("palette", chord("KeyJ", true)),
            ("note", None),
            ("reply", None),
        ]);
        assert_eq!(check(&fine), Ok(()));
        let same = chosen(&[("next", chord("KeyJ", false)), ("reply", chord("KeyJ", false))]);
        assert_eq!(check(&same), Err(Unfit::Same("reply".to_owned(), "next".to_owned())));
    }

    #[test]
    fn only_keys_and_actions_are_kept() {
        for (action, code) in [("", "KeyJ"), ("go there", "KeyJ"), ("next", ""), ("next", "ShiftLeft"), ("next", "<b>")]
        {
            assert!(check(&chosen(&[(action, chord(code, false))])).is_err(), "{action:?} {code:?}");
        }
        let many: BTreeMap<_, _> = (0..=MOST).map(|at| (format!("a{at}"), None)).collect();
        assert_eq!(check(&many), Err(Unfit::TooMany));
    }
}
