//! The keys of the signed-in person.

use crate::auth::Caller;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::keys::{Chord, Unfit, check};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Which keys do anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyMode {
    /// All of them.
    #[default]
    All,
    /// Only those with Ctrl, Command or Alt: whoever dictates or types by mistake is left alone.
    Chords,
    /// None.
    Off,
}

/// A key with what is held beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyChord {
    /// The key's place, as browsers name it (`KeyboardEvent.code`): `KeyK`, `Digit1`, `Slash`.
    pub code: String,
    /// Ctrl, or Command on a Mac.
    #[serde(default, rename = "mod")]
    pub held: bool,
    /// Shift.
    #[serde(default)]
    pub shift: bool,
    /// Alt, or Option on a Mac.
    #[serde(default)]
    pub alt: bool,
}

/// What a person chose. Actions that are not named have their usual keys.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Which keys do anything.
    #[serde(default)]
    pub mode: KeyMode,
    /// Keys by the name of the action, each a `KeyChord` (`code`, `mod`, `shift`, `alt`); null = the action has none.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub keys: BTreeMap<String, Option<KeyChord>>,
}

/// What the caller chose.
///
/// # Errors
/// `Forbidden` for a token, `Store`.
pub async fn get(app: &App, caller: &Caller) -> Result<Keys> {
    let user = caller.user()?;
    let read = app.store.workspace(caller.workspace).read();
    let stored = rapport_store::user_keys::get(&read, user).await?;
    Ok(stored.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default())
}

/// Replaces what the caller chose.
///
/// # Errors
/// `Forbidden` for a token, `Invalid` naming the action, `Store`.
pub async fn set(app: &App, caller: &Caller, wanted: Keys) -> Result<Keys> {
    let user = caller.user()?;
    let chord =
        |given: &KeyChord| Chord { code: given.code.clone(), held: given.held, shift: given.shift, alt: given.alt };
    let chosen = wanted.keys.iter().map(|(action, given)| (action.clone(), given.as_ref().map(chord))).collect();
    check(&chosen).map_err(refused)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    rapport_store::user_keys::set(&tx, user, json!(wanted), app.now()).await?;
    tx.commit().await?;
    Ok(wanted)
}

fn refused(why: Unfit) -> Error {
    let field = if why.action().is_empty() { "keys".to_owned() } else { format!("keys.{}", why.action()) };
    Error::invalid(field, why.to_string())
}
