//! Calls to a company's own CRM.

use super::description::{AuthBy, Description};
use super::error::read_error;
use super::template::expand;
use crate::crm::{Access, CrmError, ErrorClass};
use crate::http::{self, Method, Request, Response, percent};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The credential that is a token or a key.
pub(super) const TOKEN: &str = "token";
/// The credentials of a user.
pub(super) const USER: (&str, &str) = ("username", "password");

/// Where calls go and who makes them.
pub(super) struct Api {
    base_url: String,
    token: Secret,
    user: (Secret, Secret),
}

impl Api {
    pub(super) fn new(access: &Access) -> Self {
        Self {
            base_url: access.base_url.trim_end_matches('/').to_owned(),
            token: access.get(TOKEN),
            user: (access.get(USER.0), access.get(USER.1)),
        }
    }

    /// The host, which tells it from others.
    pub(super) fn host(&self) -> &str {
        http::host(&self.base_url)
    }

    /// A call to an address with holes.
    pub(super) fn call(
        &self,
        said: &Description,
        operation: &'static str,
        method: Method,
        address: &str,
        value: &dyn Fn(&str) -> String,
    ) -> Request {
        self.to(said, operation, method, &expand(address, value))
    }

    /// A call to what stands below the connection's address.
    pub(super) fn to(&self, said: &Description, operation: &'static str, method: Method, path: &str) -> Request {
        let mut request = Request::new("rest", operation, method, format!("{}{path}", self.base_url));
        request.headers.push(("accept", "application/json".to_owned()));
        match said.auth.by {
            // With OAuth, whoever makes the call authorises it.
            AuthBy::None | AuthBy::Oauth => {}
            AuthBy::Bearer => request.bearer = Some(self.token.clone()),
            AuthBy::Header => request.named.push((said.auth.name.clone(), self.token.expose().to_owned())),
            AuthBy::Query => {
                let sign = if request.url.contains('?') { '&' } else { '?' };
                request.url.push_str(&format!("{sign}{}={}", said.auth.name, percent(self.token.expose())));
            }
            AuthBy::Basic => {
                let pair = STANDARD.encode(format!("{}:{}", self.user.0.expose(), self.user.1.expose()));
                request.headers.push(("authorization", format!("Basic {pair}")));
            }
        }
        request
    }

    /// What follows the connection's address in one that the CRM gave: whole, from the root, or as a query of `from`.
    /// `None` when it leads elsewhere: nobody but the CRM is shown who calls. A key that it repeats is left out: it is
    /// added to every call, and addresses are kept.
    pub(super) fn below(&self, said: &Description, given: &str, from: &str) -> Option<String> {
        let path = from.split('?').next().unwrap_or(from);
        let whole = if given.starts_with('?') {
            format!("{}{path}{given}", self.base_url)
        } else if given.starts_with('/') && !given.starts_with("//") {
            let (scheme, _) = self.base_url.split_once("://")?;
            format!("{scheme}://{}{given}", self.host())
        } else {
            given.to_owned()
        };
        let rest = whole.strip_prefix(&self.base_url)?;
        let is_odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '#' | '\\');
        let climbs = rest.split(['/', '?']).any(|part| part.to_ascii_lowercase().replace("%2e", ".") == "..");
        (rest.starts_with(['/', '?']) && !rest.contains(is_odd) && !climbs).then(|| self.keyless(said, rest))
    }

    /// An address without the key that is sent in the query.
    fn keyless(&self, said: &Description, address: &str) -> String {
        let Some((path, query)) = address.split_once('?').filter(|_| said.auth.by == AuthBy::Query) else {
            return address.to_owned();
        };
        let key = percent(self.token.expose());
        let is_key = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            name == said.auth.name || value == key
        };
        let pairs: Vec<&str> = query.split('&').filter(|pair| !is_key(pair)).collect();
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
    }
}

/// Reads an answer as JSON; an empty one is null. A refusal that comes with 200 is one all the same.
pub(super) fn read(said: &Description, response: &Response) -> Result<Value, CrmError> {
    if !response.ok() {
        return Err(read_error(said, response));
    }
    if response.body.is_empty() {
        return Ok(Value::Null);
    }
    let words = "The CRM's answer is not JSON: does the address lead to its API?";
    let body: Value = serde_json::from_slice(&response.body)
        .map_err(|_| CrmError::new(response.status, ErrorClass::Transient, words))?;
    let failed = &said.errors.failed;
    if !failed.is_empty() && super::path::at(&body, failed).is_some_and(super::record::is_true) {
        return Err(CrmError { class: ErrorClass::Invalid, ..read_error(said, response) });
    }
    Ok(body)
}
