//! Webhooks: is a call from HubSpot, and what does it hint at?

use crate::crm::answer::{list, text};
use crate::crm::{Hint, HookCall, HookOp, SignatureError};
use crate::json::{self, BadBody};
use crate::sign;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rapport_core::id::key16;
use rapport_core::matter::Object;
use rapport_core::time::{MINUTE, Ms};
use serde_json::Value;

/// A call is refused when its stamp is older or newer than this.
pub const MAX_AGE: i64 = 5 * MINUTE;
/// Signature and its time.
pub(super) const HEADERS: [&str; 2] = ["x-hubspot-signature-v3", "x-hubspot-request-timestamp"];

/// The parts of a call that are signed.
#[derive(Debug, Clone, Copy)]
pub struct HookRequest<'a> {
    /// Method, upper case.
    pub method: &'a str,
    /// The full address HubSpot called, query included: behind a proxy that is the public one.
    pub uri: &'a str,
    /// Raw body.
    pub body: &'a [u8],
    /// `X-HubSpot-Signature-v3`.
    pub signature: Option<&'a str>,
    /// `X-HubSpot-Request-Timestamp`, milliseconds.
    pub timestamp: Option<&'a str>,
}

/// Checks signature version 3: base64 of HMAC-SHA256 over method, address, body and timestamp. Any secret may fit.
///
/// # Errors
/// [`SignatureError`]; nothing of the body should be read then.
pub fn verify(secrets: &[&str], request: &HookRequest<'_>, now: Ms) -> Result<(), SignatureError> {
    let (Some(signature), Some(timestamp)) = (request.signature, request.timestamp) else {
        return Err(SignatureError::Missing);
    };
    let given = STANDARD.decode(signature.trim()).map_err(|_| SignatureError::Malformed)?;
    let at: i64 = timestamp.trim().parse().map_err(|_| SignatureError::Malformed)?;
    if now.since(Ms(at)).saturating_abs() > MAX_AGE {
        return Err(SignatureError::Stale);
    }
    if secrets.iter().all(|secret| secret.is_empty()) {
        return Err(SignatureError::NoSecret);
    }
    // HubSpot signs the address with some escapes undone; servers see it in either form.
    let decoded = undo_escapes(request.uri);
    let mut matched = false;
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        for uri in [request.uri, decoded.as_str()] {
            let parts = [request.method.as_bytes(), uri.as_bytes(), request.body, timestamp.trim().as_bytes()];
            matched |= sign::same(&sign::hmac_sha256(secret.as_bytes(), &parts), &given);
        }
    }
    if matched { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// [`verify`] for a delivery to whichever connector.
pub(super) fn verify_call(secrets: &[&str], call: &HookCall<'_>, now: Ms) -> Result<(), SignatureError> {
    let [signature, timestamp] = HEADERS.map(|name| call.header(name));
    verify(secrets, &HookRequest { method: call.method, uri: call.uri, body: call.body, signature, timestamp }, now)
}

/// What a delivery hints at about contacts, deals and tickets.
pub(super) fn hints(body: &[u8]) -> Result<Vec<Hint>, BadBody> {
    let about = |event: HookEvent| {
        let object = match event.kind.as_str() {
            "contact" => None,
            "deal" => Some(Object::Deal),
            "ticket" => Some(Object::Case),
            _ => return None,
        };
        match &event.op {
            HookOp::Other(_) => None,
            HookOp::Merged { into, .. } => Some(Hint { object, id: into.clone(), op: event.op, at: event.at }),
            _ => Some(Hint { object, id: event.id, op: event.op, at: event.at }),
        }
    };
    Ok(parse(body)?.into_iter().filter_map(about).collect())
}

/// The signature HubSpot would send, for tests.
#[must_use]
pub fn sign(secret: &str, method: &str, uri: &str, body: &[u8], timestamp: &str) -> String {
    STANDARD
        .encode(sign::hmac_sha256(secret.as_bytes(), &[method.as_bytes(), uri.as_bytes(), body, timestamp.as_bytes()]))
}

fn undo_escapes(uri: &str) -> String {
    const PAIRS: [(&str, &str); 12] = [
        ("%3A", ":"),
        ("%2F", "/"),
        ("%3F", "?"),
        ("%40", "@"),
        ("%21", "!"),
        ("%24", "$"),
        ("%27", "'"),
        ("%28", "("),
        ("%29", ")"),
        ("%2A", "*"),
        ("%2C", ","),
        ("%3B", ";"),
    ];
    PAIRS.iter().fold(uri.to_owned(), |text, (escaped, plain)| {
        text.replace(escaped, plain).replace(&escaped.to_lowercase(), plain)
    })
}

/// One hint: fetch this record again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookEvent {
    /// The same for every delivery of the same event.
    pub key: [u8; 16],
    /// Account.
    pub portal_id: String,
    /// Object kind as HubSpot calls it: `contact`, `company`, or a type id for `object` topics.
    pub kind: String,
    /// Record id.
    pub id: String,
    /// What happened.
    pub op: HookOp,
    /// When.
    pub at: Option<Ms>,
    /// `INTEGRATION`, `CRM_UI`, ...
    pub source: Option<String>,
    /// Id within the source; our own app id marks our own write.
    pub source_id: Option<String>,
    /// The event as it came.
    pub raw: Value,
}

/// Reads the body: a list of up to 100 events. Elements without topic or record are left out.
///
/// # Errors
/// [`BadBody`] when it is over a limit or not JSON.
pub fn parse(body: &[u8]) -> Result<Vec<HookEvent>, BadBody> {
    let text = json::check(body)?;
    let value: Value = serde_json::from_str(&text).map_err(|error| BadBody::NotJson(error.to_string()))?;
    let events = if value.is_array() { list(&value) } else { std::slice::from_ref(&value) };
    Ok(events.iter().filter_map(event).collect())
}

fn event(raw: &Value) -> Option<HookEvent> {
    let get = |key: &str| text(&raw[key]);
    let topic = get("subscriptionType")?;
    let id = get("objectId").or_else(|| get("primaryObjectId")).or_else(|| get("fromObjectId"))?;
    let (object, action) = topic.split_once('.')?;
    let kind =
        if object == "object" { get("objectTypeId").unwrap_or_else(|| object.to_owned()) } else { object.to_owned() };
    let op = match action {
        "creation" => HookOp::Created,
        "deletion" => HookOp::Deleted,
        "privacyDeletion" => HookOp::PrivacyDeleted,
        "restore" => HookOp::Restored,
        "propertyChange" => HookOp::Changed {
            property: get("propertyName").unwrap_or_default(),
            value: get("propertyValue").unwrap_or_default(),
        },
        "merge" => {
            let into = get("newObjectId").or_else(|| get("primaryObjectId")).unwrap_or_else(|| id.clone());
            let mut from: Vec<String> = list(&raw["mergedObjectIds"]).iter().filter_map(text).collect();
            from.extend(get("primaryObjectId"));
            from.retain(|old| *old != into);
            HookOp::Merged { into, from }
        }
        _ => HookOp::Other(topic.clone()),
    };
    // `eventId` alone is not unique (`crm-apis.md` §13).
    let parts = ["eventId", "subscriptionId", "occurredAt", "objectId", "subscriptionType", "propertyName"];
    let key = parts.map(|part| get(part).unwrap_or_default()).join("\0");
    Some(HookEvent {
        key: key16("hubspot", &key),
        portal_id: get("portalId").unwrap_or_default(),
        kind,
        id,
        op,
        at: get("occurredAt").and_then(|at| at.parse().ok()).map(Ms),
        source: get("changeSource"),
        source_id: get("sourceId"),
        raw: raw.clone(),
    })
}
