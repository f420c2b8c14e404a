//! Lenient reading of scalars, and of the person an event is about.

use crate::whatsapp::api::{integer, string};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use rapport_core::inbound::Customer;
use rapport_core::time::Ms;
use serde_json::Value;

/// Reads the scalars of an object whatever type they were written in.
pub(super) trait Read {
    /// A string or number as text; empty counts as missing.
    fn text(&self, key: &str) -> Option<String>;
    /// An integer, also from a string or a whole float.
    fn int(&self, key: &str) -> Option<i64>;
    /// A float, also from a string; never NaN or infinite.
    fn float(&self, key: &str) -> Option<f64>;
    /// A boolean, also from `"true"` or 1; false when missing.
    fn flag(&self, key: &str) -> bool;
    /// Unix seconds (milliseconds when far too large for seconds).
    fn moment(&self, key: &str) -> Option<Ms>;
}

impl Read for Value {
    fn text(&self, key: &str) -> Option<String> {
        string(self.get(key)?)
    }

    #[allow(clippy::cast_possible_truncation)]
    fn int(&self, key: &str) -> Option<i64> {
        let value = self.get(key)?;
        integer(value).or_else(|| value.as_f64().filter(|float| float.abs() < 9.0e15).map(|float| float as i64))
    }

    fn float(&self, key: &str) -> Option<f64> {
        let read = match self.get(key)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        read.filter(|float| float.is_finite())
    }

    fn flag(&self, key: &str) -> bool {
        match self.get(key) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text == "true" || text == "1",
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            _ => false,
        }
    }

    fn moment(&self, key: &str) -> Option<Ms> {
        const MILLISECONDS_FROM: i64 = 100_000_000_000;
        let number = self.int(key).filter(|number| *number > 0)?;
        Some(if number >= MILLISECONDS_FROM { Ms(number) } else { Ms::from_seconds(number) })
    }
}

/// Digits without plus; `None` for what is no number.
pub(super) fn wa_id(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim_start_matches('+').to_owned()).filter(|text| !text.is_empty())
}

/// A BSUID looks like `US.1349..`: letters, a dot, then more. Some events carry it where a number used to stand.
fn looks_like_user_id(text: &str) -> bool {
    text.split_once('.').is_some_and(|(country, rest)| {
        country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()) && !rest.is_empty()
    })
}

/// The customer with these ids, completed from the value's contact.
pub(super) fn customer(value: &Value, number: Option<String>, user_id: Option<String>) -> Customer {
    let (number, user_id) = match (wa_id(number), user_id) {
        (Some(text), None) if looks_like_user_id(&text) => (None, Some(text)),
        (Some(text), user_id) if looks_like_user_id(&text) => (None, user_id),
        both => both,
    };
    let contact = contact(value, number.as_deref(), user_id.as_deref());
    let of = |key: &str| contact.and_then(|contact| contact.text(key));
    let profile = contact.map(|contact| &contact["profile"]);
    let of_profile = |key: &str| profile.and_then(|profile| profile.text(key));
    Customer {
        wa_id: number.or_else(|| wa_id(of("wa_id"))),
        user_id: user_id.or_else(|| of("user_id")),
        parent_user_id: of("parent_user_id"),
        username: of_profile("username").or_else(|| of("username")),
        name: of_profile("name"),
    }
}

/// The contact that shares an id; a lone contact unless it names another BSUID (numbers may differ by a national digit).
fn contact<'a>(value: &'a Value, number: Option<&str>, user_id: Option<&str>) -> Option<&'a Value> {
    let contacts = value.get("contacts")?.as_array()?;
    let same = |contact: &Value, key: &str, id: Option<&str>| {
        let given = contact.text(key);
        id.is_some() && given.as_deref().map(|text| text.trim_start_matches('+')) == id
    };
    let lone = || {
        let contact = contacts.first().filter(|_| contacts.len() == 1)?;
        let other = contact.text("user_id").is_some_and(|id| user_id.is_some_and(|known| known != id));
        (!other).then_some(contact)
    };
    contacts
        .iter()
        .find(|contact| same(contact, "user_id", user_id))
        .or_else(|| contacts.iter().find(|contact| same(contact, "wa_id", number)))
        .or_else(lone)
}

/// SHA-256 in lower-case hexadecimal from hexadecimal or base64 (§7: both occur).
pub(crate) fn sha256(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(text.to_ascii_lowercase());
    }
    let bare = text.trim_end_matches('=');
    let bytes = STANDARD_NO_PAD.decode(bare).or_else(|_| URL_SAFE_NO_PAD.decode(bare)).ok()?;
    (bytes.len() == 32).then(|| hex::encode(bytes))
}

/// Code, title and details of the first error, others appended; for people.
pub(super) fn errors(one: &Value) -> Option<(i64, String)> {
    let list = one.get("errors")?;
    let list = list.as_array().map_or_else(|| std::slice::from_ref(list), Vec::as_slice);
    let first = list.iter().find(|error| error.is_object())?;
    let code = integer(&first["code"]).unwrap_or(0);
    let words: Vec<String> = list
        .iter()
        .filter(|error| error.is_object())
        .take(3)
        .map(|error| crate::whatsapp::api::detail(error, 0).replace("HTTP 0 without explanation", "no reason given"))
        .collect();
    Some((code, words.join("; ")))
}
