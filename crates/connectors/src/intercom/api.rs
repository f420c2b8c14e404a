//! Where a workspace's API is and how a call to it looks.

use super::error::read_error;
use crate::crm::CrmError;
use crate::crm::answer::{self, odd, text};
use crate::http::{Method, Request, Response};
use crate::secret::Secret;
use serde_json::Value;

/// Every call names its version, so that an app's own default changes nothing.
pub const VERSION: &str = "2.14";
/// The version that reads single contacts: earlier ones say of a merged one only that it is not there.
pub const TELLS_MERGES: &str = "2.16";

/// Access to one workspace.
#[derive(Debug, Clone)]
pub struct Api {
    base_url: String,
    token: Secret,
}

impl Api {
    /// An access; `base_url` is the one of the workspace's region.
    #[must_use]
    pub fn new(base_url: &str, token: Secret) -> Self {
        Self { base_url: base_url.trim_end_matches('/').to_owned(), token }
    }

    /// A call; `path` begins with a slash.
    pub(super) fn call(&self, operation: &'static str, method: Method, path: &str) -> Request {
        self.versioned(operation, method, path, VERSION)
    }

    /// A call in another version than the usual one.
    pub(super) fn versioned(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        version: &'static str,
    ) -> Request {
        let mut request = Request::new("intercom", operation, method, format!("{}{path}", self.base_url));
        request.headers.push(("accept", "application/json".to_owned()));
        request.headers.push(("intercom-version", version.to_owned()));
        request.with_bearer(&self.token)
    }

    /// Asks whose token it is: the cheapest way to try it.
    #[must_use]
    pub fn me(&self) -> Request {
        self.call("me", Method::Get, "/me")
    }
}

/// The workspace a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// What tells it from others.
    pub id: String,
    /// `US`, `EU` or `AU`.
    pub region: Option<String>,
}

impl Workspace {
    /// Begins the address of a contact's page; the id follows.
    #[must_use]
    pub fn contact_page(&self) -> String {
        let host = match self.region.as_deref() {
            Some("EU") => "app.eu.intercom.com",
            Some("AU") => "app.au.intercom.com",
            _ => "app.intercom.com",
        };
        format!("https://{host}/a/apps/{}/users/", crate::http::percent(&self.id))
    }
}

/// Reads the answer to [`Api::me`].
///
/// # Errors
/// [`CrmError`]; `AuthExpired` when the token is not accepted.
pub fn read_me(response: &Response) -> Result<Workspace, CrmError> {
    let body = read(response)?;
    let id = text(&body["app"]["id_code"]).ok_or_else(|| odd(response, "no workspace"))?;
    Ok(Workspace { id, region: text(&body["app"]["region"]) })
}

/// Reads a 2xx answer as JSON.
pub(super) fn read(response: &Response) -> Result<Value, CrmError> {
    answer::read(response, read_error)
}
