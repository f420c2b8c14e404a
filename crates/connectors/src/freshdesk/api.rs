//! Where an account's API is and how a call to it looks.

use super::error::read_error;
use crate::crm::answer::{self, text};
use crate::crm::{CrmError, ErrorClass};
use crate::http::{self, Method, Request, Response};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Access to one account.
#[derive(Debug, Clone)]
pub struct Api {
    base_url: String,
    key: Secret,
}

impl Api {
    /// An access; `base_url` is the account's own address, `key` an agent's API key.
    #[must_use]
    pub fn new(base_url: &str, key: Secret) -> Self {
        Self { base_url: base_url.trim_end_matches('/').to_owned(), key }
    }

    /// A call; `path` follows `/api/v2`.
    pub(super) fn call(&self, operation: &'static str, method: Method, path: &str) -> Request {
        let mut request = Request::new("freshdesk", operation, method, format!("{}/api/v2{path}", self.base_url));
        // The key is the name; the password is not looked at, but must be there.
        let pair = STANDARD.encode(format!("{}:X", self.key.expose()));
        request.headers.push(("authorization", format!("Basic {pair}")));
        request
    }

    /// Asks which agent the key belongs to.
    #[must_use]
    pub fn me(&self) -> Request {
        self.call("me", Method::Get, "/agents/me")
    }

    /// Begins the address of a contact's page; the id follows.
    #[must_use]
    pub fn contact_page(&self) -> String {
        format!("{}/a/contacts/", self.base_url)
    }

    /// The account's host, which tells it from others.
    #[must_use]
    pub fn host(&self) -> &str {
        http::host(&self.base_url)
    }
}

/// Reads the answer to [`Api::me`].
///
/// # Errors
/// [`CrmError`]; `ForbiddenScope` when the key is no agent's.
pub fn read_me(response: &Response) -> Result<(), CrmError> {
    match text(&read(response)?["id"]) {
        Some(_) => Ok(()),
        None => Err(CrmError::new(response.status, ErrorClass::ForbiddenScope, "The key is not an agent's.")),
    }
}

/// Reads a 2xx answer as JSON.
pub(super) fn read(response: &Response) -> Result<Value, CrmError> {
    answer::read(response, read_error)
}

/// Which page follows, as the `Link` header says; `None` at the end.
pub(super) fn next_page(response: &Response) -> Option<u32> {
    let links = response.header("link")?;
    let next = links.split(',').find(|link| link.contains("rel=\"next\"") || link.contains("rel=next"))?;
    let (_, query) = next.split_once('<')?.1.split_once('>')?.0.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("page="))?.parse().ok()
}
