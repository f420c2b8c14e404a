//! Webhooks of a company's own CRM: a secret or a signature in a header, and the ids of contacts somewhere in the body.

use super::description::{Description, Encoding, Proof};
use super::path::at;
use crate::crm::answer::{list, text};
use crate::crm::{Hint, HookCall, HookOp, SignatureError};
use crate::json::{self, BadBody};
use crate::sign;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::collections::BTreeSet;

/// Most contacts of one delivery; what is beyond is found by asking.
const MOST: usize = 500;

/// Whether a delivery is the CRM's. Any secret may fit; all are compared in the same time wherever they differ.
pub(super) fn verify(said: &Description, secrets: &[&str], call: &HookCall<'_>) -> Result<(), SignatureError> {
    let hook = &said.hook;
    if hook.proof == Proof::None || secrets.iter().all(|secret| secret.is_empty()) {
        return Err(SignatureError::NoSecret);
    }
    let given = call.header(&hook.header.to_ascii_lowercase()).map(str::trim).filter(|given| !given.is_empty());
    let given = given.ok_or(SignatureError::Missing)?;
    let given = given.strip_prefix(hook.prefix.as_str()).ok_or(SignatureError::Malformed)?.trim();
    let signed = match (hook.proof, hook.encoding) {
        (Proof::Hmac, Encoding::Hex) => hex::decode(given).map_err(|_| SignatureError::Malformed)?,
        (Proof::Hmac, Encoding::Base64) => STANDARD.decode(given).map_err(|_| SignatureError::Malformed)?,
        // Hashed, so that not even the secret's length can be timed.
        (Proof::None | Proof::Secret, _) => sign::sha256(given.as_bytes()).to_vec(),
    };
    let mut matched = false;
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let expected = match hook.proof {
            Proof::Hmac => sign::hmac_sha256(secret.as_bytes(), &[call.body]),
            Proof::None | Proof::Secret => sign::sha256(secret.as_bytes()),
        };
        matched |= sign::same(&expected, &signed);
    }
    if matched { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// The contacts that a delivery names, each once.
pub(super) fn hints(said: &Description, body: &[u8]) -> Result<Vec<Hint>, BadBody> {
    let checked = json::check(body)?;
    let event: Value = serde_json::from_str(&checked).map_err(|error| BadBody::NotJson(error.to_string()))?;
    let hook = &said.hook;
    let Some(found) = at(&event, &hook.ids) else { return Ok(Vec::new()) };
    let one = |value: &Value| at(value, &hook.each).and_then(text);
    let ids: Vec<String> =
        if found.is_array() { list(found).iter().filter_map(one).collect() } else { one(found).into_iter().collect() };
    let is_id = |id: &String| !id.is_empty() && id.len() <= 200 && !id.chars().any(char::is_control);
    let ids: BTreeSet<String> = ids.into_iter().map(|id| id.trim().to_owned()).filter(is_id).take(MOST).collect();
    let op = || HookOp::Changed { property: String::new(), value: String::new() };
    Ok(ids.into_iter().map(|id| Hint { object: None, id, op: op(), at: None }).collect())
}
