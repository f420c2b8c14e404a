//! Webhooks: is a call from Zendesk, and what does it hint at?

use crate::crm::answer::{moment, text};
use crate::crm::{Hint, HookCall, HookOp, SignatureError};
use crate::json::{self, BadBody};
use crate::sign;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rapport_core::matter::Object;
use rapport_core::time::{MINUTE, Ms};
use serde_json::Value;

/// A call is refused when its stamp is older or newer than this.
pub const MAX_AGE: i64 = 5 * MINUTE;
/// Signature and its time.
pub(super) const HEADERS: [&str; 2] = ["x-zendesk-webhook-signature", "x-zendesk-webhook-signature-timestamp"];
/// Begins the topics of events; `user.` or `ticket.` follows.
const TOPIC: &str = "zen:event-type:";

/// Checks the signature: base64 of HMAC-SHA256 over timestamp and body. Any secret may fit.
///
/// # Errors
/// [`SignatureError`]; nothing of the body should be read then.
pub fn verify(secrets: &[&str], call: &HookCall<'_>, now: Ms) -> Result<(), SignatureError> {
    let [Some(signature), Some(timestamp)] = HEADERS.map(|name| call.header(name)) else {
        return Err(SignatureError::Missing);
    };
    let given = STANDARD.decode(signature.trim()).map_err(|_| SignatureError::Malformed)?;
    let at = moment(timestamp.trim()).ok_or(SignatureError::Malformed)?;
    if now.since(at).saturating_abs() > MAX_AGE {
        return Err(SignatureError::Stale);
    }
    if secrets.iter().all(|secret| secret.is_empty()) {
        return Err(SignatureError::NoSecret);
    }
    let mut matched = false;
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let parts = [timestamp.trim().as_bytes(), call.body];
        matched |= sign::same(&sign::hmac_sha256(secret.as_bytes(), &parts), &given);
    }
    if matched { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// The signature Zendesk would send, for tests.
#[must_use]
pub fn sign(secret: &str, body: &[u8], timestamp: &str) -> String {
    STANDARD.encode(sign::hmac_sha256(secret.as_bytes(), &[timestamp.as_bytes(), body]))
}

/// What a delivery hints at: one event about a user or a ticket. Other topics hint at nothing.
///
/// # Errors
/// [`BadBody`] when it is over a limit or not JSON.
pub fn hints(body: &[u8]) -> Result<Vec<Hint>, BadBody> {
    let checked = json::check(body)?;
    let event: Value = serde_json::from_str(&checked).map_err(|error| BadBody::NotJson(error.to_string()))?;
    Ok(read(&event).unwrap_or_default())
}

fn read(event: &Value) -> Option<Vec<Hint>> {
    let (about, topic) = event["type"].as_str()?.strip_prefix(TOPIC)?.split_once('.')?;
    let object = match about {
        "user" => None,
        "ticket" => Some(Object::Case),
        _ => return None,
    };
    let subject = event["subject"].as_str().and_then(|subject| subject.strip_prefix("zen:")?.strip_prefix(about));
    let subject = subject.and_then(|rest| rest.strip_prefix(':')).map(str::to_owned);
    let id = text(&event["detail"]["id"]).or(subject)?;
    let at = text(&event["detail"]["updated_at"]).or_else(|| text(&event["time"])).and_then(|at| moment(&at));
    let hint = |id: String, op: HookOp| Hint { object, id, op, at };
    Some(match topic {
        "created" => vec![hint(id, HookOp::Created)],
        "deleted" => vec![hint(id, HookOp::Deleted)],
        // The one that is gone, and the one that lives on with its addresses and numbers.
        "merged" if object.is_none() => {
            let into = text(&event["event"]["user"]["id"]);
            let merged = |into: String| hint(into.clone(), HookOp::Merged { into, from: vec![id.clone()] });
            into.map(merged).into_iter().chain([hint(id.clone(), HookOp::Deleted)]).collect()
        }
        _ => {
            let property = topic.trim_end_matches("_changed").to_owned();
            let value = text(&event["event"]["current"]).unwrap_or_default();
            vec![hint(id, HookOp::Changed { property, value })]
        }
    })
}
