//! The master key: where it comes from and how it wraps workspace keys.

use super::{KEY, VERSION, VaultError, decrypt, encrypt};
use crate::clock::Ids;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::KeyInit;
use hmac::{Hmac, Mac};
use rapport_core::WorkspaceId;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The installation's 32-byte key. Without it no stored secret can be read.
#[derive(Clone)]
pub struct MasterKey([u8; KEY]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MasterKey({}, hidden)", self.fingerprint())
    }
}

/// Where a master key came from, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The setting itself.
    Setting,
    /// A file that was there.
    File(PathBuf),
    /// A file that was made just now.
    Created(PathBuf),
}

impl MasterKey {
    /// A key from its bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY]) -> Self {
        Self(bytes)
    }

    /// Finds the key: the text if one is given, else the file if one is named (it must exist), else
    /// `<data_dir>/master.key`, which is made with mode 0600 when it is missing.
    ///
    /// # Errors
    /// `Master` when a key is not 32 bytes (64 hex digits or base64) or a file cannot be read or made.
    pub fn find(
        text: Option<&str>,
        file: Option<&Path>,
        data_dir: &Path,
        ids: &dyn Ids,
    ) -> Result<(Self, Origin), VaultError> {
        if let Some(text) = text {
            return Ok((Self::parse(text.as_bytes())?, Origin::Setting));
        }
        if let Some(file) = file {
            return Ok((Self::read(file)?, Origin::File(file.to_owned())));
        }
        let path = data_dir.join("master.key");
        match std::fs::exists(&path) {
            Ok(true) => Ok((Self::read(&path)?, Origin::File(path))),
            Ok(false) => Ok((Self::create(&path, ids)?, Origin::Created(path))),
            Err(error) => Err(VaultError::Master(format!("{}: {error}", path.display()))),
        }
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// `Master` when it cannot be read or holds no key.
    pub fn read(path: &Path) -> Result<Self, VaultError> {
        let bytes = std::fs::read(path).map_err(|error| VaultError::Master(format!("{}: {error}", path.display())))?;
        Self::parse(&bytes).map_err(|error| VaultError::Master(format!("{}: {error}", path.display())))
    }

    /// Makes a key file that only its owner may read. An existing file is never overwritten.
    ///
    /// # Errors
    /// `Master` when the file exists or cannot be written.
    pub fn create(path: &Path, ids: &dyn Ids) -> Result<Self, VaultError> {
        let mut key = [0; KEY];
        ids.fill(&mut key);
        let mut open = std::fs::OpenOptions::new();
        open.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
        open.open(path)
            .and_then(|mut file| {
                writeln!(file, "{}", hex::encode(key))?;
                // The first sealed secret must not outlive the key that opens it.
                file.sync_all()
            })
            .map_err(|error| VaultError::Master(format!("cannot create {}: {error}", path.display())))?;
        Ok(Self(key))
    }

    fn parse(given: &[u8]) -> Result<Self, VaultError> {
        if let Ok(key) = <[u8; KEY]>::try_from(given) {
            return Ok(Self(key));
        }
        let text = std::str::from_utf8(given).unwrap_or_default().trim();
        let bytes = hex::decode(text).or_else(|_| STANDARD.decode(text)).unwrap_or_default();
        <[u8; KEY]>::try_from(bytes.as_slice())
            .map(Self)
            .map_err(|_| VaultError::Master("must be 32 bytes: 64 hexadecimal digits, or base64".to_owned()))
    }

    /// Eight bytes of the key's hash as text: tells keys apart without giving anything away.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex::encode(self.id())
    }

    fn id(&self) -> [u8; 8] {
        let digest = Sha256::new().chain_update(b"rapport master key").chain_update(self.0).finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        id
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }

    pub(super) fn wrap(&self, ids: &dyn Ids, workspace: WorkspaceId, key: &[u8; KEY]) -> Result<Vec<u8>, VaultError> {
        let mut wrapped = vec![VERSION];
        wrapped.extend(self.id());
        wrapped.extend(encrypt(&self.cipher(), ids, &aad(workspace), key)?);
        Ok(wrapped)
    }

    pub(super) fn unwrap_key(&self, workspace: WorkspaceId, wrapped: &[u8]) -> Result<[u8; KEY], VaultError> {
        let Some((&VERSION, rest)) = wrapped.split_first() else {
            return Err(VaultError::Damaged("workspace key of an unknown version"));
        };
        let (id, sealed) = rest.split_first_chunk::<8>().ok_or(VaultError::Damaged("workspace key too short"))?;
        if *id != self.id() {
            return Err(VaultError::OtherMaster { wanted: hex::encode(id), given: self.fingerprint() });
        }
        let key = decrypt(&self.cipher(), &aad(workspace), sealed)?;
        <[u8; KEY]>::try_from(key.as_slice()).map_err(|_| VaultError::Damaged("workspace key of a wrong length"))
    }

    pub(super) fn derive(&self, label: &str) -> [u8; KEY] {
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(b"rapport derived key\0");
        mac.update(label.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

fn aad(workspace: WorkspaceId) -> Vec<u8> {
    [b"workspace\0key\0", workspace.0.as_bytes().as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SeededIds;

    #[test]
    fn keys_are_read_in_three_spellings_and_nothing_else() {
        let hex = "07".repeat(32);
        let base = STANDARD.encode([7; 32]);
        for given in [hex.as_bytes(), base.as_bytes(), &[7; 32], format!("{hex}\n").as_bytes()] {
            assert_eq!(MasterKey::parse(given).unwrap().0, [7; 32]);
        }
        for given in ["", "07", "not a key at all", &"07".repeat(31)] {
            assert!(MasterKey::parse(given.as_bytes()).is_err(), "{given}");
        }
    }

    #[test]
    fn a_missing_key_file_is_made_once_and_private() {
        let folder = std::env::temp_dir().join(format!("rapport-key-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let ids = SeededIds::new(3);
        let (made, origin) = MasterKey::find(None, None, &folder, &ids).unwrap();
        assert!(matches!(origin, Origin::Created(_)));
        let (found, origin) = MasterKey::find(None, None, &folder, &ids).unwrap();
        assert!(matches!(origin, Origin::File(_)));
        assert_eq!(made.0, found.0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.join("master.key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(MasterKey::create(&folder.join("master.key"), &ids).is_err(), "never overwritten");
        assert!(
            MasterKey::find(None, Some(&folder.join("other.key")), &folder, &ids).is_err(),
            "a named file must exist"
        );
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
