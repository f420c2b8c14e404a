//! What a channel keeps secret, as it is sealed in its row.

use crate::error::{Error, Result};
use rapport_connectors::Secret;
use serde::{Deserialize, Serialize};

/// Token and secrets of a number, whatever its provider calls them.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// Calls the provider.
    pub access_token: Secret,
    /// Signs deliveries; the newest first. Two are valid at once while one is being replaced.
    pub app_secrets: Vec<Secret>,
    /// Answers the handshake.
    pub verify_token: Secret,
}

#[derive(Serialize, Deserialize)]
struct Plain {
    access_token: String,
    app_secrets: Vec<String>,
    verify_token: String,
}

impl Secrets {
    /// Makes this the newest secret that may sign; of those before it the newest stay, `most` in all.
    pub(super) fn sign_with(&mut self, secret: Secret, most: usize) {
        // Setting the same one again must not push the previous one out.
        self.app_secrets.retain(|known| *known != secret);
        self.app_secrets.insert(0, secret);
        self.app_secrets.truncate(most);
    }

    /// Reads the opened bytes of a row.
    ///
    /// # Errors
    /// `Internal` when they are not what [`Secrets::write`] made.
    pub fn read(plain: &[u8]) -> Result<Self> {
        let plain: Plain = serde_json::from_slice(plain)
            .map_err(|_| Error::Internal("a channel's secrets cannot be read".to_owned()))?;
        Ok(Self {
            access_token: plain.access_token.into(),
            app_secrets: plain.app_secrets.into_iter().map(Secret::from).collect(),
            verify_token: plain.verify_token.into(),
        })
    }

    /// The bytes to seal.
    ///
    /// # Errors
    /// `Internal`, which cannot happen for strings.
    pub fn write(&self) -> Result<Vec<u8>> {
        let plain = Plain {
            access_token: self.access_token.expose().to_owned(),
            app_secrets: self.app_secrets.iter().map(|secret| secret.expose().to_owned()).collect(),
            verify_token: self.verify_token.expose().to_owned(),
        };
        serde_json::to_vec(&plain).map_err(|error| Error::Internal(error.to_string()))
    }
}
