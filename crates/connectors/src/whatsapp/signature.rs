//! Is a webhook call from Meta? (`whatsapp-cloud-api.md` §2)

use crate::sign;

/// Why a call is not believed. The answer is 401 for all of them; the difference is for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// No signature header.
    #[error("no signature header")]
    Missing,
    /// The header does not look like a signature.
    #[error("malformed signature header")]
    Malformed,
    /// No app secret is configured, so nothing can be believed.
    #[error("no app secret configured")]
    NoSecret,
    /// Signed too long ago, or in the future.
    #[error("timestamp out of range")]
    Stale,
    /// Signed with another secret, or changed on the way.
    #[error("signature does not match")]
    Mismatch,
}

/// Checks `X-Hub-Signature-256` over the raw bytes of the body.
///
/// Any of `secrets` may have signed, so that a secret can be changed without losing events; all are tried, in constant
/// time each. Hexadecimal digits may be of either case. Empty secrets are never accepted.
///
/// # Errors
/// [`SignatureError`]; nothing of the body should be read then.
pub fn verify(secrets: &[&str], header: Option<&str>, raw: &[u8]) -> Result<(), SignatureError> {
    let digits = header.ok_or(SignatureError::Missing)?.strip_prefix("sha256=").ok_or(SignatureError::Malformed)?;
    let mut given = [0_u8; 32];
    hex::decode_to_slice(digits, &mut given).map_err(|_| SignatureError::Malformed)?;
    if secrets.iter().all(|secret| secret.is_empty()) {
        return Err(SignatureError::NoSecret);
    }
    let mut matched = false;
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        matched |= sign::same(&sign::hmac_sha256(secret.as_bytes(), &[raw]), &given);
    }
    if matched { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// The header value Meta would send for this body: for tests and for checking one's own set-up.
#[must_use]
pub fn sign(secret: &str, raw: &[u8]) -> String {
    format!("sha256={}", hex::encode(sign::hmac_sha256(secret.as_bytes(), &[raw])))
}

/// What to answer to the verification call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handshake {
    /// 200 with this plain-text body.
    Accept(String),
    /// 403: wrong mode or token.
    Refuse,
}

/// Decides about `GET ?hub.mode=subscribe&hub.challenge=..&hub.verify_token=..`; `query` is the decoded query pairs.
///
/// An empty configured token refuses everything. The challenge is echoed only when it is short and plain (digits in
/// practice), so that the endpoint cannot be made to serve a page.
#[must_use]
pub fn handshake<K: AsRef<str>, V: AsRef<str>>(query: &[(K, V)], verify_token: &str) -> Handshake {
    let get = |name: &str| query.iter().find(|(key, _)| key.as_ref() == name).map(|(_, value)| value.as_ref());
    let token = get("hub.verify_token").unwrap_or_default();
    let challenge = get("hub.challenge").unwrap_or_default();
    let plain = (1..=256).contains(&challenge.len())
        && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    let known = !verify_token.is_empty() && sign::same(token.as_bytes(), verify_token.as_bytes());
    if known && plain && get("hub.mode") == Some("subscribe") {
        Handshake::Accept(challenge.to_owned())
    } else {
        Handshake::Refuse
    }
}
