//! How a call to Zoho CRM looks.
//!
//! A person enters the address of the accounts server, which differs from one data centre to the next; where the API
//! is comes with each access token. So calls are built below the accounts server's address and without authorisation,
//! and whoever makes them moves and authorises them ([`crate::crm::oauth`]).

use super::error::read_error;
use crate::crm::CrmError;
use crate::crm::answer::{self, odd, text};
use crate::http::{Method, Request, Response};
use serde_json::Value;

/// The module that is kept in step.
pub const MODULE: &str = "Contacts";

/// Where an account's calls go.
#[derive(Debug, Clone)]
pub struct Api {
    base_url: String,
}

impl Api {
    /// Calls below this address.
    #[must_use]
    pub fn new(base_url: &str) -> Self {
        Self { base_url: base_url.trim_end_matches('/').to_owned() }
    }

    /// A call; `path` follows `/crm/v8`.
    pub(super) fn call(&self, operation: &'static str, method: Method, path: &str) -> Request {
        Request::new("zoho", operation, method, format!("{}/crm/v8{path}", self.base_url))
    }

    /// A call about contacts; `rest` follows the module and begins with `/` or `?` or is empty.
    pub(super) fn contacts(&self, operation: &'static str, method: Method, rest: &str) -> Request {
        self.call(operation, method, &format!("/{MODULE}{rest}"))
    }

    /// Asks whose account it is: the cheapest way to try the credentials.
    #[must_use]
    pub fn org(&self) -> Request {
        self.call("org", Method::Get, "/org")
    }

    /// Begins the address of a contact's page; the id follows. The pages of a data centre stand beside its accounts
    /// server.
    #[must_use]
    pub fn contact_page(&self, org: &Org) -> String {
        let site = self.base_url.replacen("://accounts.", "://crm.", 1);
        let place = org.place.as_deref().map(|place| format!("/org{place}")).unwrap_or_default();
        format!("{site}/crm{place}/tab/{MODULE}/")
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Org {
    /// What tells it from others.
    pub id: String,
    /// Its number in the addresses of pages.
    pub place: Option<String>,
}

/// Reads the answer to [`Api::org`].
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_org(response: &Response) -> Result<Org, CrmError> {
    let body = read(response)?;
    let org = &body["org"][0];
    let id = text(&org["id"]).or_else(|| text(&org["zgid"])).ok_or_else(|| odd(response, "no org"))?;
    Ok(Org { id, place: text(&org["zgid"]) })
}

/// Reads a 2xx answer as JSON. Nothing found and nothing changed are answers without body: null.
pub(super) fn read(response: &Response) -> Result<Value, CrmError> {
    if matches!(response.status, 204 | 304) {
        return Ok(Value::Null);
    }
    answer::read(response, read_error)
}
