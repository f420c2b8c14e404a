//! The provider's signature, and the 16-byte keys under which events are stored: an independent reading of both.

use crate::generate::{Event, Kind};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// HMAC-SHA256.
pub fn hmac(secret: &[u8], body: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(body);
    mac.finalize().into_bytes().into()
}

/// Value of `X-Hub-Signature-256`.
pub fn header(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex::encode(hmac(secret.as_bytes(), body)))
}

fn key(kind: &str, id: &str) -> [u8; 16] {
    let digest = Sha256::new().chain_update(kind.as_bytes()).chain_update([0]).chain_update(id.as_bytes()).finalize();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    key
}

/// The key of a stored event; `None` for events whose key depends on their whole content.
pub fn event_key(event: &Event, wamid: &str) -> Option<[u8; 16]> {
    match event.kind {
        Kind::Inbound | Kind::Reaction => Some(key("message", wamid)),
        Kind::Echo => Some(key("echo", wamid)),
        Kind::Status(step) => Some(key("status", &format!("{wamid}\0{}\0{}\0", step.word(), event.at))),
        Kind::Notice => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_published_one() {
        // RFC 4231, test case 2.
        let found = header("Jefe", b"what do ya want for nothing?");
        assert_eq!(found, "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn keys_tell_events_apart() {
        let event = |kind| Event { kind, message: 1, target: 0, customer: 0, at: 5 };
        let keys = [
            Kind::Inbound,
            Kind::Echo,
            Kind::Status(crate::generate::Step::Sent),
            Kind::Status(crate::generate::Step::Read),
        ]
        .map(|kind| event_key(&event(kind), "wamid.A").expect("a key"));
        let mut different = keys.to_vec();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), keys.len());
        assert_eq!(event_key(&event(Kind::Notice), ""), None);
    }
}
