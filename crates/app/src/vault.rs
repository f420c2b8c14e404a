//! Secrets at rest: each workspace has a key of its own, wrapped by the installation's master key.
//!
//! Sealed bytes: `0x01 | nonce (24) | XChaCha20-Poly1305 ciphertext and tag`. The associated data names table,
//! column, workspace and row, so that a sealed value cannot be moved to another place. A wrapped workspace key is
//! `0x01 | first 8 bytes of SHA-256(master key) | nonce (24) | ciphertext and tag`: a wrong master key is recognised
//! before anything is tried with it.

mod master;

pub use master::{MasterKey, Origin};

use crate::clock::Ids;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rapport_core::WorkspaceId;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;

const VERSION: u8 = 1;
const NONCE: usize = 24;
const KEY: usize = 32;

/// Why a secret cannot be read or written. Never carries a key or a plain text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// No usable master key was given.
    #[error("master key: {0}")]
    Master(String),
    /// The workspace's key was wrapped by another master key.
    #[error(
        "the secrets were written with master key {wanted}, but this process was given {given}: restore the right key file"
    )]
    OtherMaster {
        /// Fingerprint of the key that is needed.
        wanted: String,
        /// Fingerprint of the key that was given.
        given: String,
    },
    /// The bytes were changed, moved from another place, or written by a newer version.
    #[error("a stored secret cannot be read: {0}")]
    Damaged(&'static str),
}

/// Where a secret stands in the database; part of what is authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// The row's id within its workspace.
    pub row: Uuid,
}

impl Place {
    /// A place by its names.
    #[must_use]
    pub fn new(table: &'static str, column: &'static str, row: Uuid) -> Self {
        Self { table, column, row }
    }

    fn aad(&self, workspace: WorkspaceId) -> Vec<u8> {
        let mut aad = format!("{}\0{}\0", self.table, self.column).into_bytes();
        aad.extend_from_slice(workspace.0.as_bytes());
        aad.extend_from_slice(self.row.as_bytes());
        aad
    }
}

/// One workspace's key, unwrapped. Seals and opens without I/O.
#[derive(Clone)]
pub struct WorkspaceKey {
    workspace: WorkspaceId,
    cipher: XChaCha20Poly1305,
    ids: Arc<dyn Ids>,
}

impl std::fmt::Debug for WorkspaceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WorkspaceKey({}, hidden)", self.workspace)
    }
}

impl WorkspaceKey {
    /// Encrypts `plain` for this place.
    ///
    /// # Errors
    /// `Damaged` when the text is too long for the cipher (256 GiB).
    pub fn seal(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut sealed = vec![VERSION];
        sealed.extend(encrypt(&self.cipher, self.ids.as_ref(), &place.aad(self.workspace), plain)?);
        Ok(sealed)
    }

    /// Decrypts what [`WorkspaceKey::seal`] wrote for the same place.
    ///
    /// # Errors
    /// `Damaged` when it was changed, belongs elsewhere or has an unknown version.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        match sealed.split_first() {
            Some((&VERSION, rest)) => decrypt(&self.cipher, &place.aad(self.workspace), rest),
            Some(_) => Err(VaultError::Damaged("written by a newer version")),
            None => Err(VaultError::Damaged("empty")),
        }
    }
}

/// The installation's master key with the workspace keys unwrapped so far.
pub struct Vault {
    master: MasterKey,
    ids: Arc<dyn Ids>,
    open: RwLock<HashMap<WorkspaceId, WorkspaceKey>>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault(master {}, hidden)", self.master.fingerprint())
    }
}

impl Vault {
    /// A vault under this master key.
    #[must_use]
    pub fn new(master: MasterKey, ids: Arc<dyn Ids>) -> Self {
        Self { master, ids, open: RwLock::default() }
    }

    /// A fresh key for a workspace, wrapped: what the workspace's row stores.
    ///
    /// # Errors
    /// As [`WorkspaceKey::seal`].
    pub fn new_workspace_key(&self, workspace: WorkspaceId) -> Result<Vec<u8>, VaultError> {
        let mut key = [0; KEY];
        self.ids.fill(&mut key);
        self.master.wrap(self.ids.as_ref(), workspace, &key)
    }

    /// The workspace's key if it was unlocked before.
    #[must_use]
    pub fn unlocked(&self, workspace: WorkspaceId) -> Option<WorkspaceKey> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).get(&workspace).cloned()
    }

    /// Forgets a workspace's key: the workspace was removed, or has another one.
    pub fn forget(&self, workspace: WorkspaceId) {
        self.open.write().unwrap_or_else(PoisonError::into_inner).remove(&workspace);
    }

    /// Unwraps a workspace's key and keeps it in memory.
    ///
    /// # Errors
    /// `OtherMaster` or `Damaged`.
    pub fn unlock(&self, workspace: WorkspaceId, wrapped: &[u8]) -> Result<WorkspaceKey, VaultError> {
        let key = self.master.unwrap_key(workspace, wrapped)?;
        let cipher = XChaCha20Poly1305::new(&key.into());
        let key = WorkspaceKey { workspace, cipher, ids: self.ids.clone() };
        self.open.write().unwrap_or_else(PoisonError::into_inner).insert(workspace, key.clone());
        Ok(key)
    }

    /// A key for another purpose (signing a cookie), derived from the master key: the same label always gives the same.
    #[must_use]
    pub fn derive(&self, label: &str) -> [u8; KEY] {
        self.master.derive(label)
    }

    /// Re-wraps a workspace's key under another master key; the sealed secrets themselves stay as they are.
    ///
    /// # Errors
    /// `OtherMaster` when `wrapped` is not under this vault's master key.
    pub fn rewrap(&self, new: &MasterKey, workspace: WorkspaceId, wrapped: &[u8]) -> Result<Vec<u8>, VaultError> {
        let key = self.master.unwrap_key(workspace, wrapped)?;
        new.wrap(self.ids.as_ref(), workspace, &key)
    }
}

fn encrypt(cipher: &XChaCha20Poly1305, ids: &dyn Ids, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
    let mut nonce = [0; NONCE];
    ids.fill(&mut nonce);
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad })
        .map_err(|_| VaultError::Damaged("too long to encrypt"))?;
    Ok([&nonce[..], &sealed].concat())
}

fn decrypt(cipher: &XChaCha20Poly1305, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or(VaultError::Damaged("too short"))?;
    cipher
        .decrypt(&XNonce::from(*nonce), Payload { msg: text, aad })
        .map_err(|_| VaultError::Damaged("changed, or moved from another place"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SeededIds;

    fn vault(seed: u8) -> Vault {
        Vault::new(MasterKey::from_bytes([seed; 32]), Arc::new(SeededIds::new(1)))
    }

    fn place(row: u128) -> Place {
        Place::new("channel", "secret", Uuid::from_u128(row))
    }

    #[test]
    fn a_secret_opens_only_where_it_was_sealed() {
        let vault = vault(1);
        let (a, b) = (WorkspaceId(Uuid::from_u128(1)), WorkspaceId(Uuid::from_u128(2)));
        let key = vault.unlock(a, &vault.new_workspace_key(a).unwrap()).unwrap();
        let other = vault.unlock(b, &vault.new_workspace_key(b).unwrap()).unwrap();
        let sealed = key.seal(place(1), b"token").unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"token"));
        assert_eq!(key.open(place(1), &sealed).unwrap(), b"token");
        assert!(key.open(place(2), &sealed).is_err());
        assert!(key.open(Place::new("channel", "other", Uuid::from_u128(1)), &sealed).is_err());
        assert!(other.open(place(1), &sealed).is_err());
        assert!(key.open(place(1), &[]).is_err());
        assert!(key.open(place(1), &sealed[..20]).is_err());
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(key.open(place(1), &changed).is_err());
        assert_ne!(key.seal(place(1), b"token").unwrap(), sealed, "a nonce is never used twice");
    }

    #[test]
    fn a_new_master_key_takes_over_without_touching_the_secrets() {
        let (old, new) = (vault(1), vault(2));
        let workspace = WorkspaceId(Uuid::from_u128(1));
        let wrapped = old.new_workspace_key(workspace).unwrap();
        let sealed = old.unlock(workspace, &wrapped).unwrap().seal(place(1), b"token").unwrap();
        assert!(matches!(new.unlock(workspace, &wrapped), Err(VaultError::OtherMaster { .. })));
        let again = old.rewrap(&MasterKey::from_bytes([2; 32]), workspace, &wrapped).unwrap();
        assert_eq!(new.unlock(workspace, &again).unwrap().open(place(1), &sealed).unwrap(), b"token");
        let elsewhere = WorkspaceId(Uuid::from_u128(2));
        assert!(new.unlock(elsewhere, &again).is_err(), "a wrapped key belongs to one workspace");
    }

    #[test]
    fn nothing_secret_shows_in_debug() {
        let vault = vault(0xab);
        let workspace = WorkspaceId(Uuid::from_u128(1));
        let key = vault.unlock(workspace, &vault.new_workspace_key(workspace).unwrap()).unwrap();
        let text = format!("{vault:?} {key:?} {:?}", MasterKey::from_bytes([0xab; 32]));
        assert!(!text.contains("abab") && !text.contains("171, 171"), "{text}");
    }
}
