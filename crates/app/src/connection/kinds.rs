//! Which CRMs can be connected, and what each must be told: forms are drawn from this.

use crate::auth::{Caller, Permission};
use crate::error::Result;
use rapport_connectors::crm::{Address, Credential, VENDORS, Vendor};
use serde::Serialize;
use utoipa::ToSchema;

/// A CRM or help desk that can be connected.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ConnectionKind)]
pub struct KindView {
    /// The word for `kind`.
    pub kind: String,
    /// Name for people.
    pub name: String,
    /// Where its API is, when all accounts share one address; otherwise `base_url` must be given.
    pub base_url: Option<String>,
    /// What an account's own address looks like, when each has its own.
    pub base_url_example: Option<String>,
    /// What it must be told.
    pub credentials: Vec<CredentialView>,
    /// Beside the required credentials, all of one of these lists are needed; empty = nothing more.
    pub either: Vec<Vec<String>>,
    /// Its API is what its owner says of it: a connection needs a `description`.
    pub described: bool,
}

/// Something a CRM must be told before it can be called.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ConnectionCredential)]
pub struct CredentialView {
    /// The word in `credentials`.
    pub name: String,
    /// Never shown again.
    pub secret: bool,
    /// It cannot be left out.
    pub required: bool,
    /// Where it is found.
    pub help: String,
}

impl From<&Credential> for CredentialView {
    fn from(field: &Credential) -> Self {
        let Credential { name, secret, required, help } = *field;
        Self { name: name.to_owned(), secret, required, help: help.to_owned() }
    }
}

impl From<&Vendor> for KindView {
    fn from(vendor: &Vendor) -> Self {
        let (base_url, base_url_example) = match vendor.address {
            Address::Fixed(url) => (Some(url.to_owned()), None),
            Address::Own(example) => (None, Some(example.to_owned())),
        };
        let set = |set: &&[&str]| set.iter().map(|name| (*name).to_owned()).collect();
        Self {
            kind: vendor.kind.to_owned(),
            name: vendor.name.to_owned(),
            base_url,
            base_url_example,
            credentials: vendor.credentials.iter().map(CredentialView::from).collect(),
            either: vendor.either.iter().map(set).collect(),
            described: vendor.is_described(),
        }
    }
}

/// Every kind of connection.
///
/// # Errors
/// `Forbidden`.
pub fn kinds(caller: &Caller) -> Result<Vec<KindView>> {
    caller.require(Permission::ConnectionRead)?;
    Ok(VENDORS.iter().map(|vendor| KindView::from(*vendor)).collect())
}
