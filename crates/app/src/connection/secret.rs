//! What a connection keeps secret, as it is sealed in its row.

use crate::error::{Error, Result};
use rapport_connectors::Secret;
use rapport_connectors::crm::Vendor;
use std::collections::BTreeMap;

/// Credentials of a CRM, by the names its connector gives them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets(pub BTreeMap<String, Secret>);

impl Secrets {
    /// Reads the opened bytes of a row.
    pub(crate) fn read(plain: &[u8]) -> Result<Self> {
        let plain: BTreeMap<String, String> = serde_json::from_slice(plain)
            .map_err(|_| Error::Internal("a connection's secrets cannot be read".to_owned()))?;
        Ok(Self(plain.into_iter().map(|(name, text)| (name, text.into())).collect()))
    }

    /// The bytes to seal.
    pub(crate) fn write(&self) -> Result<Vec<u8>> {
        let plain: BTreeMap<&str, &str> =
            self.0.iter().map(|(name, secret)| (name.as_str(), secret.expose())).collect();
        serde_json::to_vec(&plain).map_err(|error| Error::Internal(error.to_string()))
    }

    /// The one of this name; an empty one when it was not given.
    pub(crate) fn get(&self, name: &str) -> Secret {
        self.0.get(name).cloned().unwrap_or_else(|| Secret::new(""))
    }

    /// Takes over what was given, by the connector's description; true when something was. Blank ones count as left
    /// out.
    pub(super) fn take(&mut self, vendor: &Vendor, given: &BTreeMap<String, String>) -> Result<bool> {
        let names = || vendor.credentials.iter().map(|field| field.name).collect::<Vec<_>>().join(", ");
        if let Some(strange) = given.keys().find(|name| !vendor.credentials.iter().any(|field| field.name == **name)) {
            return Err(Error::invalid("credentials", format!("{strange} is none of {}", names())));
        }
        let mut any = false;
        for field in vendor.credentials {
            let Some(text) = given.get(field.name).filter(|text| !text.is_empty()) else { continue };
            self.0.insert(field.name.to_owned(), checked(field.name, text)?);
            any = true;
        }
        Ok(any)
    }

    /// Whether the connector has what it needs.
    pub(super) fn complete(&self, vendor: &Vendor) -> Result<()> {
        let has = |name: &str| self.0.get(name).is_some_and(|secret| !secret.is_empty());
        if let Some(field) = vendor.credentials.iter().find(|field| field.required && !has(field.name)) {
            return Err(Error::invalid(field.name, "is missing"));
        }
        let either = vendor.either;
        if either.is_empty() || either.iter().any(|set| set.iter().all(|name| has(name))) {
            return Ok(());
        }
        // The set that was begun is the one that is meant.
        let meant = either.iter().find(|set| set.iter().any(|name| has(name))).unwrap_or(&either[0]);
        let missing = meant.iter().find(|name| !has(name)).copied().unwrap_or("credentials");
        let sets: Vec<String> = either.iter().map(|set| set.join(" and ")).collect();
        Err(Error::invalid(missing, format!("is missing: needed is {}", sets.join(", or "))))
    }
}

/// A credential that was given: trimmed, 1 to 4096 characters without blanks.
fn checked(field: &'static str, text: &str) -> Result<Secret> {
    let text = text.trim();
    if text.is_empty() || text.len() > 4_096 || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Error::invalid(field, "must have 1 to 4096 characters and no blanks"));
    }
    Ok(Secret::new(text))
}
