//! Bearer secrets: session tokens, API tokens and the mark of a known browser.
//!
//! A secret is `workspace id (16 bytes) | 32 random bytes` in base64url, so that the workspace is known before
//! anything is looked up. Only its SHA-256 is stored.

use crate::clock::Ids;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use rapport_core::WorkspaceId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What API tokens begin with, so that people and scanners recognise them.
pub const API_PREFIX: &str = "rpt_";

/// A secret in the caller's hands. Shown once; never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    workspace: WorkspaceId,
    bytes: [u8; 48],
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

impl Secret {
    /// A fresh secret of a workspace.
    #[must_use]
    pub fn new(workspace: WorkspaceId, ids: &dyn Ids) -> Self {
        let mut bytes = [0; 48];
        bytes[..16].copy_from_slice(workspace.0.as_bytes());
        ids.fill(&mut bytes[16..]);
        Self { workspace, bytes }
    }

    /// Reads what somebody presented; `None` when it cannot be one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // 48 bytes are 64 characters: anything else is refused before it is decoded.
        if text.len() != 64 {
            return None;
        }
        let bytes: [u8; 48] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let id = Uuid::from_slice(&bytes[..16]).ok()?;
        Some(Self { workspace: WorkspaceId(id), bytes })
    }

    /// [`Secret::parse`] for an API token.
    #[must_use]
    pub fn parse_api(text: &str) -> Option<Self> {
        Self::parse(text.strip_prefix(API_PREFIX)?)
    }

    /// The workspace it claims; only the stored hash proves it.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// What is stored and looked up.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.bytes).into()
    }

    /// The text of a session cookie.
    #[must_use]
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes)
    }

    /// The text of an API token.
    #[must_use]
    pub fn expose_api(&self) -> String {
        format!("{API_PREFIX}{}", self.expose())
    }
}

/// The mark a browser carries after an account signed in from it: the account's own browsers can always try, however
/// hard somebody else hammers on it. `16 random bytes | HMAC-SHA-256(key, those bytes, e-mail)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device([u8; 16]);

impl Device {
    /// A fresh mark.
    #[must_use]
    pub fn new(ids: &dyn Ids) -> Self {
        let mut id = [0; 16];
        ids.fill(&mut id);
        Self(id)
    }

    /// Its random part, which failures are counted by.
    #[must_use]
    pub fn id(&self) -> [u8; 16] {
        self.0
    }

    /// The text of the cookie for this account.
    #[must_use]
    pub fn sign(&self, key: &[u8; 32], email: &str) -> String {
        let tag = self.mac(key, email).finalize().into_bytes();
        URL_SAFE_NO_PAD.encode([&self.0[..], &tag].concat())
    }

    /// Reads a cookie; `None` when it was not given to a browser of this account.
    #[must_use]
    pub fn verify(text: &str, key: &[u8; 32], email: &str) -> Option<Self> {
        let bytes: [u8; 48] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (id, tag) = bytes.split_first_chunk::<16>()?;
        let device = Self(*id);
        // Constant time.
        device.mac(key, email).verify_slice(tag).ok().map(|()| device)
    }

    fn mac(&self, key: &[u8; 32], email: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.update(&self.0);
        mac.update(email.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SeededIds;

    #[test]
    fn a_secret_reads_back_and_nothing_else_does() {
        let ids = SeededIds::new(1);
        let secret = Secret::new(WorkspaceId(Uuid::from_u128(7)), &ids);
        assert_eq!(Secret::parse(&secret.expose()), Some(secret.clone()));
        assert_eq!(Secret::parse_api(&secret.expose_api()), Some(secret.clone()));
        assert_eq!(secret.workspace(), WorkspaceId(Uuid::from_u128(7)));
        assert!(secret.expose_api().starts_with("rpt_"));
        for text in ["", "rpt_", "x", &"A".repeat(63), &"A".repeat(65), &"é".repeat(32), &"+/".repeat(32)] {
            assert_eq!(Secret::parse(text), None, "{text}");
        }
        assert_eq!(Secret::parse_api(&secret.expose()), None, "a session is no API token");
    }

    #[test]
    fn a_device_mark_belongs_to_one_account() {
        let device = Device::new(&SeededIds::new(1));
        let cookie = device.sign(&[1; 32], "amal@shop.example");
        assert_eq!(Device::verify(&cookie, &[1; 32], "amal@shop.example"), Some(device));
        assert_eq!(Device::verify(&cookie, &[1; 32], "omar@shop.example"), None);
        assert_eq!(Device::verify(&cookie, &[2; 32], "amal@shop.example"), None);
        assert_eq!(Device::verify("", &[1; 32], "amal@shop.example"), None);
    }
}
