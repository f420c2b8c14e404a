//! Webhooks: is a call from Intercom, and what does it hint at?

use super::contacts::stamp;
use crate::crm::answer::text;
use crate::crm::{Hint, HookCall, HookOp, SignatureError};
use crate::json::{self, BadBody};
use crate::sign;
use rapport_core::time::Ms;
use serde_json::Value;

/// The signature. It covers no time: an old delivery can come again, and makes a contact be fetched once more.
pub(super) const HEADERS: [&str; 1] = ["x-hub-signature"];
/// Begins the signature.
const PREFIX: &str = "sha1=";

/// Checks the signature: HMAC-SHA1 over the body, in hexadecimal. Any secret may fit.
///
/// # Errors
/// [`SignatureError`]; nothing of the body should be read then.
pub fn verify(secrets: &[&str], call: &HookCall<'_>, _: Ms) -> Result<(), SignatureError> {
    let [Some(signature)] = HEADERS.map(|name| call.header(name)) else { return Err(SignatureError::Missing) };
    let given = signature.trim().strip_prefix(PREFIX).and_then(|text| hex::decode(text).ok());
    let given = given.ok_or(SignatureError::Malformed)?;
    if secrets.iter().all(|secret| secret.is_empty()) {
        return Err(SignatureError::NoSecret);
    }
    let mut matched = false;
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        matched |= sign::same(&sign::hmac_sha1(secret.as_bytes(), &[call.body]), &given);
    }
    if matched { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// The signature Intercom would send, for tests.
#[must_use]
pub fn sign(secret: &str, body: &[u8]) -> String {
    format!("{PREFIX}{}", hex::encode(sign::hmac_sha1(secret.as_bytes(), &[body])))
}

/// What a delivery hints at: one event about a contact. Other topics hint at nothing.
///
/// # Errors
/// [`BadBody`] when it is over a limit or not JSON.
pub fn hints(body: &[u8]) -> Result<Vec<Hint>, BadBody> {
    let checked = json::check(body)?;
    let event: Value = serde_json::from_str(&checked).map_err(|error| BadBody::NotJson(error.to_string()))?;
    Ok(read(&event).into_iter().collect())
}

fn read(event: &Value) -> Option<Hint> {
    let topic = event["topic"].as_str()?.strip_prefix("contact.")?;
    let item = &event["data"]["item"];
    let id = text(&item["id"]).filter(|id| !id.is_empty())?;
    let changed = || HookOp::Changed { property: String::new(), value: String::new() };
    let at = stamp(&item["updated_at"]);
    let (id, op) = match topic {
        "user.created" | "lead.created" => (id, HookOp::Created),
        "user.updated" | "lead.updated" | "lead.added_email" | "lead.signed_up" | "email.updated" => (id, changed()),
        "deleted" | "archived" => (id, HookOp::Deleted),
        "unarchive" | "unarchived" => (id, HookOp::Restored),
        // The contact is the one that lives on. Asking for the other one tells who it is, and whose link has to move.
        "merged" => match text(&item["merged_from"]["id"]).filter(|from| !from.is_empty()) {
            Some(from) => (from.clone(), HookOp::Merged { into: id, from: vec![from] }),
            None => (id, changed()),
        },
        _ => return None,
    };
    Some(Hint { object: None, id, op, at })
}
