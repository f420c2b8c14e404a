//! What a connection keeps secret, as it is sealed in its row.

use crate::error::{Error, Result};
use rapport_connectors::Secret;
use serde::{Deserialize, Serialize};

/// Credentials of a CRM.
#[derive(Debug, Clone)]
pub(crate) struct Secrets {
    /// Calls the CRM.
    pub access_token: Secret,
    /// Signs its webhooks; empty when none are used.
    pub client_secret: Secret,
}

#[derive(Serialize, Deserialize)]
struct Plain {
    access_token: String,
    #[serde(default)]
    client_secret: String,
}

impl Secrets {
    /// Reads the opened bytes of a row.
    pub(crate) fn read(plain: &[u8]) -> Result<Self> {
        let plain: Plain = serde_json::from_slice(plain)
            .map_err(|_| Error::Internal("a connection's secrets cannot be read".to_owned()))?;
        Ok(Self { access_token: plain.access_token.into(), client_secret: plain.client_secret.into() })
    }

    /// The bytes to seal.
    pub(crate) fn write(&self) -> Result<Vec<u8>> {
        let plain = Plain {
            access_token: self.access_token.expose().to_owned(),
            client_secret: self.client_secret.expose().to_owned(),
        };
        serde_json::to_vec(&plain).map_err(|error| Error::Internal(error.to_string()))
    }
}

/// A secret that was given: trimmed, 1 to 4096 characters without blanks.
pub(super) fn given(field: &'static str, text: &str) -> Result<Secret> {
    let text = text.trim();
    if text.is_empty() || text.len() > 4_096 || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Error::invalid(field, "must have 1 to 4096 characters and no blanks"));
    }
    Ok(Secret::new(text))
}
