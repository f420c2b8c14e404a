//! Where an account's API is and how a call to it looks.

use super::error::read_error;
use crate::crm::answer::{self, text};
use crate::crm::{CrmError, ErrorClass};
use crate::http::{self, Method, Request, Response};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// How calls prove who makes them.
#[derive(Debug, Clone)]
pub enum Login {
    /// An agent's address and an API token. Zendesk makes no new ones; those that are in use stop in April 2027.
    Token {
        /// The agent.
        email: Secret,
        /// The token.
        token: Secret,
    },
    /// An OAuth access token.
    Bearer(Secret),
}

/// Access to one account.
#[derive(Debug, Clone)]
pub struct Api {
    base_url: String,
    login: Login,
}

impl Api {
    /// An access; `base_url` is the account's own address.
    #[must_use]
    pub fn new(base_url: &str, login: Login) -> Self {
        Self { base_url: base_url.trim_end_matches('/').to_owned(), login }
    }

    /// A call; `path` follows `/api/v2`.
    pub(super) fn call(&self, operation: &'static str, method: Method, path: &str) -> Request {
        let mut request = Request::new("zendesk", operation, method, format!("{}/api/v2{path}", self.base_url));
        match &self.login {
            Login::Bearer(token) => request.with_bearer(token),
            Login::Token { email, token } => {
                let pair = STANDARD.encode(format!("{}/token:{}", email.expose(), token.expose()));
                request.headers.push(("authorization", format!("Basic {pair}")));
                request
            }
        }
    }

    /// Asks who the credentials belong to.
    #[must_use]
    pub fn me(&self) -> Request {
        self.call("me", Method::Get, "/users/me")
    }

    /// Begins the address of a user's page; the id follows.
    #[must_use]
    pub fn user_page(&self) -> String {
        format!("{}/agent/users/", self.base_url)
    }

    /// The account's host, which tells it from others.
    #[must_use]
    pub fn host(&self) -> &str {
        http::host(&self.base_url)
    }
}

/// Reads the answer to [`Api::me`]. Wrong credentials are answered with a user without id, not with a refusal.
///
/// # Errors
/// [`CrmError`]; `AuthExpired` when the credentials are not accepted, `ForbiddenScope` when they are no agent's.
pub fn read_me(response: &Response) -> Result<(), CrmError> {
    let body = read(response)?;
    let user = &body["user"];
    if user["id"].is_null() {
        let message = "the credentials belong to nobody";
        return Err(CrmError::new(response.status, ErrorClass::AuthExpired, message));
    }
    if user["role"] == "end-user" {
        let message = "The credentials are an end user's, not an agent's.";
        return Err(CrmError::new(response.status, ErrorClass::ForbiddenScope, message));
    }
    Ok(())
}

/// Reads a 2xx answer as JSON.
pub(super) fn read(response: &Response) -> Result<Value, CrmError> {
    answer::read(response, read_error)
}

/// The cursor of the next page of a list.
pub(super) fn next_after(body: &Value) -> Option<String> {
    if body["meta"]["has_more"] == true { text(&body["meta"]["after_cursor"]) } else { None }
}
