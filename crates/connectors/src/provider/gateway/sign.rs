//! Signatures by the Standard Webhooks convention, both ways: `webhook-id`, `webhook-timestamp` (seconds) and
//! `webhook-signature`, `v1,` and base64 of HMAC-SHA256 over id, timestamp and body with dots between them.

use crate::Secret;
use crate::http::Request;
use crate::provider::Provider;
use crate::provider::delivery::Delivery;
use crate::sign;
use crate::whatsapp::signature::SignatureError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rapport_core::time::{MINUTE, Ms};

/// A delivery is refused when its stamp is older or newer than this.
const MAX_AGE: i64 = 5 * MINUTE;

/// The key's bytes: what follows `whsec_` is base64, anything else is taken as it is.
fn key(secret: &str) -> Vec<u8> {
    let decoded = secret.strip_prefix("whsec_").and_then(|rest| STANDARD.decode(rest).ok());
    decoded.unwrap_or_else(|| secret.as_bytes().to_vec())
}

fn sum(secret: &str, id: &str, stamp: &str, body: &[u8]) -> [u8; 32] {
    sign::hmac_sha256(&key(secret), &[id.as_bytes(), b".", stamp.as_bytes(), b".", body])
}

/// Checks a delivery; one of several signatures must fit one of the secrets.
pub(crate) fn verify(secrets: &[&str], delivery: &Delivery<'_>) -> Result<(), SignatureError> {
    let header = |name: &str| delivery.header(name).map(str::trim).ok_or(SignatureError::Missing);
    let (id, stamp, given) = (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?);
    let seconds: i64 = stamp.parse().map_err(|_| SignatureError::Malformed)?;
    if delivery.at.since(Ms::from_seconds(seconds)).saturating_abs() > MAX_AGE {
        return Err(SignatureError::Stale);
    }
    if secrets.iter().all(|secret| secret.is_empty()) {
        return Err(SignatureError::NoSecret);
    }
    let sums: Vec<Vec<u8>> = given
        .split_whitespace()
        .take(8)
        .filter_map(|one| one.strip_prefix("v1,"))
        .filter_map(|text| STANDARD.decode(text).ok())
        .collect();
    if sums.is_empty() {
        return Err(SignatureError::Malformed);
    }
    let mut matched = false;
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let own = sum(secret, id, stamp, delivery.raw);
        for given in &sums {
            matched |= sign::same(&own, given);
        }
    }
    if matched { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// Signs a call of ours with every secret that is valid, the newest first: while one is replaced, the gateway knows one of
/// them. `id` names what it is about: the same id is the same message.
pub(super) fn signed(provider: &Provider, mut request: Request, id: &str, at: Ms, body: &str) -> Request {
    let stamp = at.0.div_euclid(1_000).to_string();
    let one = |secret: &Secret| format!("v1,{}", STANDARD.encode(sum(secret.expose(), id, &stamp, body.as_bytes())));
    let signatures: Vec<String> = provider.signing.iter().map(one).collect();
    request.headers.push(("webhook-id", id.to_owned()));
    request.headers.push(("webhook-signature", signatures.join(" ")));
    request.headers.push(("webhook-timestamp", stamp));
    if provider.token.is_empty() { request } else { request.with_bearer(&provider.token) }
}
