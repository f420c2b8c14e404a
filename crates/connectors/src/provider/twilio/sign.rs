//! `X-Twilio-Signature`: HMAC-SHA1 over the address and the parameters, with the account's auth token.

use crate::provider::delivery::Delivery;
use crate::provider::form;
use crate::sign;
use crate::whatsapp::signature::SignatureError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Checks a delivery. For forms the parameters are signed; for JSON the address holds the body's hash (`bodySHA256`).
pub(crate) fn verify(secrets: &[&str], hook_url: &str, delivery: &Delivery<'_>) -> Result<(), SignatureError> {
    let given = delivery.header("x-twilio-signature").ok_or(SignatureError::Missing)?;
    let given = STANDARD.decode(given.trim()).map_err(|_| SignatureError::Malformed)?;
    if given.len() != 20 {
        return Err(SignatureError::Malformed);
    }
    if secrets.iter().all(|secret| secret.is_empty()) {
        return Err(SignatureError::NoSecret);
    }
    let hashed = body_hash(delivery.query);
    let parameters = match &hashed {
        Some(_) => String::new(),
        None => parameters(delivery.raw).ok_or(SignatureError::Malformed)?,
    };
    let mut matched = false;
    for url in spellings(&delivery.url(hook_url)) {
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            let sum = sign::hmac_sha1(secret.as_bytes(), &[url.as_bytes(), parameters.as_bytes()]);
            matched |= sign::same(&sum, &given);
        }
    }
    let whole =
        hashed.is_none_or(|hash| sign::same(hex::encode(sign::sha256(delivery.raw)).as_bytes(), hash.as_bytes()));
    if matched && whole { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// The body's hash in the query, lower case.
fn body_hash(query: &str) -> Option<String> {
    let pairs = form::read(query.as_bytes()).ok()?;
    pairs.into_iter().find(|(name, _)| name == "bodySHA256").map(|(_, hash)| hash.to_ascii_lowercase())
}

/// Names and values one after another, sorted by name; the same pair counts once.
fn parameters(raw: &[u8]) -> Option<String> {
    let mut pairs = form::read(raw).ok()?;
    pairs.sort();
    pairs.dedup();
    Some(pairs.into_iter().map(|(name, value)| name + &value).collect())
}

/// The address as it was told, and with or without the scheme's own port, which Twilio adds and leaves out.
fn spellings(url: &str) -> Vec<String> {
    let mut all = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return all };
    let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let port = if scheme == "https" { ":443" } else { ":80" };
    match host.strip_suffix(port) {
        Some(bare) => all.push(format!("{scheme}://{bare}{path}")),
        None if !host.contains(':') => all.push(format!("{scheme}://{host}{port}{path}")),
        None => {}
    }
    all
}
