//! Access tokens of limited life (RFC 6749), fetched with credentials that last: a client's id and secret, with a
//! refresh token where a person gave their consent, else for the client itself.
//!
//! A connector with [`Vendor::oauth`] builds its calls without authorisation and below the address the person entered;
//! whoever makes them gets a [`Grant`] first and lets [`OAuth::sign`] move and authorise each call.
//!
//! [`Vendor::oauth`]: super::Vendor::oauth

use super::answer::text;
use super::value::{CrmError, ErrorClass};
use super::vendor::Access;
use crate::http::{Method, Request, Response, limits};
use crate::provider::form;
use crate::secret::Secret;
use bytes::Bytes;
use serde_json::Value;
use std::borrow::Cow;
use std::time::Duration;

/// The credential that names the client.
pub const CLIENT_ID: &str = "client_id";
/// The client's secret.
pub const CLIENT_SECRET: &str = "client_secret";
/// What a person's consent is kept as; without it the client asks for itself.
pub const REFRESH_TOKEN: &str = "refresh_token";

/// Begins the category of a [`CrmError`] that came from a token endpoint; the endpoint's own code follows.
const CATEGORY: &str = "oauth:";
/// How long a token endpoint is left alone that says it was asked too often, and not for how long.
const TOO_OFTEN: Duration = Duration::from_secs(120);

/// How a vendor gives out its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuth {
    /// The token endpoint's path below the connection's address, or an address of its own.
    pub path: Cow<'static, str>,
    /// What a token is asked for; empty = whatever the client may have.
    pub scope: Cow<'static, str>,
    /// The word before the token in `authorization`.
    pub scheme: &'static str,
    /// Where the answer tells the API's address.
    pub address: &'static str,
    /// How long a token is used where the answer does not tell its life.
    pub life: Duration,
}

/// A token that was given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Proves who calls.
    pub token: Secret,
    /// Where the API is, without trailing slash; below the connection's own address when not told.
    pub address: Option<String>,
    /// The refresh token that counts from now on, where the vendor changes it with each use. The one before may be
    /// worth nothing already: keep this one before the token is used.
    pub refresh: Option<Secret>,
    /// How long the token is good for.
    pub life: Duration,
}

impl OAuth {
    /// Asks for a token.
    #[must_use]
    pub fn ask(&self, vendor: &'static str, access: &Access) -> Request {
        let refresh = access.get(REFRESH_TOKEN);
        let mut pairs = vec![
            (CLIENT_ID, access.get(CLIENT_ID).expose().to_owned()),
            (CLIENT_SECRET, access.get(CLIENT_SECRET).expose().to_owned()),
        ];
        if refresh.is_empty() {
            pairs.push(("grant_type", "client_credentials".to_owned()));
        } else {
            pairs.push(("grant_type", "refresh_token".to_owned()));
            pairs.push((REFRESH_TOKEN, refresh.expose().to_owned()));
        }
        if !self.scope.is_empty() {
            pairs.push(("scope", self.scope.to_string()));
        }
        let is_whole = self.path.starts_with("https://") || self.path.starts_with("http://");
        let base_url = if is_whole { "" } else { access.base_url.as_str() };
        let mut request = Request::new(vendor, "token", Method::Post, format!("{base_url}{}", self.path));
        request.headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
        request.headers.push(("accept", "application/json".to_owned()));
        request.body = crate::http::Body::Bytes(Bytes::from(form::write(&pairs)));
        request
    }

    /// Reads the answer to [`OAuth::ask`]. Some refuse with HTTP 200.
    ///
    /// # Errors
    /// [`CrmError`]: `AuthExpired` when client or consent are refused for good, `RateLimited` with the time to wait,
    /// `Transient` when asking again may help.
    pub fn read(&self, response: &Response) -> Result<Grant, CrmError> {
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let token = text(&body["access_token"]).filter(|token| !token.is_empty());
        let Some(token) = token.filter(|_| response.ok()) else { return Err(refusal(response, &body)) };
        let seconds = body["expires_in"].as_u64().or_else(|| body["expires_in"].as_str()?.parse().ok());
        let filled = |name: &str| text(&body[name]).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(Grant {
            token: Secret::new(token),
            address: filled(self.address).map(|url| url.trim_end_matches('/').to_owned()),
            refresh: filled(REFRESH_TOKEN).map(Secret::new),
            life: seconds.filter(|seconds| *seconds > 0).map_or(self.life, Duration::from_secs),
        })
    }

    /// Moves a call to the API's address and authorises it. A call that already is elsewhere is not touched: a token
    /// goes to nobody else.
    #[must_use]
    pub fn sign(&self, mut request: Request, base_url: &str, grant: &Grant) -> Request {
        let Some(url) = moved(&request.url, base_url, grant) else { return request };
        request.url = url;
        if self.scheme == "Bearer" {
            return request.with_bearer(&grant.token);
        }
        request.headers.push(("authorization", format!("{} {}", self.scheme, grant.token.expose())));
        request
    }
}

/// An address below the connection's own one, as it is below the API's; `None` for any other.
#[must_use]
pub fn moved(url: &str, base_url: &str, grant: &Grant) -> Option<String> {
    let rest = url.strip_prefix(base_url).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?']))?;
    Some(format!("{}{rest}", grant.address.as_deref().unwrap_or(base_url)))
}

/// The code of a token endpoint's refusal; `None` when the refusal is not one of those.
#[must_use]
pub fn code(error: &CrmError) -> Option<&str> {
    error.category.strip_prefix(CATEGORY)
}

/// The credential a token endpoint's refusal is about.
#[must_use]
pub fn about(error: &CrmError) -> Option<&'static str> {
    Some(match code(error)? {
        "invalid_client_id" | "unauthorized_client" => CLIENT_ID,
        "invalid_client" | "invalid_client_secret" | "invalid_client_credentials" => CLIENT_SECRET,
        _ => REFRESH_TOKEN,
    })
}

fn refusal(response: &Response, body: &Value) -> CrmError {
    let code = text(&body["error"]).unwrap_or_default();
    let told = text(&body["error_description"]).or_else(|| text(&body["message"]));
    let words = told.unwrap_or_else(|| match code.as_str() {
        "" => format!("HTTP {} without a token", response.status),
        code => code.to_owned(),
    });
    let class = class(response.status, &code, &words.to_lowercase());
    let wait = limits::retry_after(response);
    CrmError {
        category: format!("{CATEGORY}{code}").into(),
        retry_after: if class == ErrorClass::RateLimited { wait.or(Some(TOO_OFTEN)) } else { wait },
        ..CrmError::new(response.status, class, words.chars().take(500).collect::<String>())
    }
}

fn class(status: u16, code: &str, words: &str) -> ErrorClass {
    match (status, code) {
        (429, _) | (_, "slow_down") => ErrorClass::RateLimited,
        // Zoho's word for it; there, nothing else is called so.
        _ if words.contains("too many requests") => ErrorClass::RateLimited,
        (408 | 425 | 500.., _)
        | (_, "temporarily_unavailable" | "server_error" | "unknown_error" | "general_error") => ErrorClass::Transient,
        // Salesforce takes one renewal at a time; another process is at it.
        _ if words.contains("already being processed") => ErrorClass::Transient,
        (404 | 405 | 410, "") => ErrorClass::NotFound,
        // Neither a token nor a word why: not a token endpoint, or trouble before it.
        (_, "") if !matches!(status, 400 | 401 | 403) => ErrorClass::Transient,
        _ => ErrorClass::AuthExpired,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const WAY: OAuth = OAuth {
        path: Cow::Borrowed("/token"),
        scope: Cow::Borrowed(""),
        scheme: "Bearer",
        address: "instance_url",
        life: Duration::from_secs(60),
    };

    fn access(refresh: &str) -> Access {
        let all = [(CLIENT_ID, "id"), (CLIENT_SECRET, "s&=ü"), (REFRESH_TOKEN, refresh)];
        Access {
            base_url: "https://login.example".to_owned(),
            credentials: all.map(|(name, value)| (name.to_owned(), value.into())).into(),
            ..Access::default()
        }
    }

    fn answer(status: u16, body: &Value) -> Response {
        Response::new(status, &[], body.to_string())
    }

    #[test]
    fn a_token_is_asked_for_with_consent_or_without() {
        let form = |refresh: &str| {
            let request = WAY.ask("crm", &access(refresh));
            assert_eq!((request.method, request.url.as_str()), (Method::Post, "https://login.example/token"));
            assert!(request.bearer.is_none() && !format!("{request:?}").contains("canary"));
            let crate::http::Body::Bytes(body) = request.body else { panic!("a form") };
            String::from_utf8(body.to_vec()).unwrap()
        };
        assert_eq!(
            form("canary"),
            "client_id=id&client_secret=s%26%3D%C3%BC&grant_type=refresh_token&refresh_token=canary"
        );
        assert_eq!(form(""), "client_id=id&client_secret=s%26%3D%C3%BC&grant_type=client_credentials");
        let other = OAuth { path: "https://auth.example/token".into(), scope: "contacts write".into(), ..WAY };
        let request = other.ask("crm", &access(""));
        let crate::http::Body::Bytes(body) = request.body else { panic!("a form") };
        assert_eq!(request.url, "https://auth.example/token");
        assert!(body.ends_with(b"&scope=contacts+write") || body.ends_with(b"&scope=contacts%20write"), "{body:?}");
    }

    #[test]
    fn answers_tell_token_address_and_life() {
        let told = json!({ "access_token": "t", "instance_url": "https://shop.example/", "refresh_token": "r2", "expires_in": "3600" });
        let grant = WAY.read(&answer(200, &told)).unwrap();
        assert_eq!(grant.address.as_deref(), Some("https://shop.example"));
        assert_eq!((grant.refresh, grant.life), (Some(Secret::new("r2")), Duration::from_secs(3_600)));
        let bare = WAY.read(&answer(200, &json!({ "access_token": "t", "expires_in": 0 }))).unwrap();
        assert_eq!((bare.address, bare.refresh, bare.life), (None, None, WAY.life));
    }

    #[test]
    fn refusals_are_sorted() {
        let busy = "token request is already being processed";
        let often = "You have made too many requests continuously. Please try again after some time.";
        for (status, body, class, about) in [
            (
                400,
                json!({ "error": "invalid_grant", "error_description": "expired access/refresh token" }),
                ErrorClass::AuthExpired,
                REFRESH_TOKEN,
            ),
            (400, json!({ "error": "invalid_grant", "error_description": busy }), ErrorClass::Transient, REFRESH_TOKEN),
            (
                400,
                json!({ "error": "invalid_client_id", "error_description": "client identifier invalid" }),
                ErrorClass::AuthExpired,
                CLIENT_ID,
            ),
            (401, json!({ "error": "invalid_client" }), ErrorClass::AuthExpired, CLIENT_SECRET),
            (200, json!({ "error": "invalid_code" }), ErrorClass::AuthExpired, REFRESH_TOKEN),
            (
                400,
                json!({ "error": "Access Denied", "error_description": often }),
                ErrorClass::RateLimited,
                REFRESH_TOKEN,
            ),
            (200, json!({ "error": "general_error" }), ErrorClass::Transient, REFRESH_TOKEN),
            (200, json!("<html>"), ErrorClass::Transient, REFRESH_TOKEN),
            (302, json!(null), ErrorClass::Transient, REFRESH_TOKEN),
            (404, json!(null), ErrorClass::NotFound, REFRESH_TOKEN),
            (503, json!({ "error": "invalid_grant" }), ErrorClass::Transient, REFRESH_TOKEN),
            (500, json!({ "access_token": "t" }), ErrorClass::Transient, REFRESH_TOKEN),
        ] {
            let error = WAY.read(&answer(status, &body)).unwrap_err();
            assert_eq!((error.class, super::about(&error)), (class, Some(about)), "HTTP {status} {body}");
            assert_eq!(error.retry_after.is_some(), class == ErrorClass::RateLimited);
        }
        assert_eq!(super::about(&CrmError::new(401, ErrorClass::AuthExpired, "a call's")), None);
    }

    #[test]
    fn calls_move_to_the_address_and_no_token_goes_elsewhere() {
        let grant = |address: Option<&str>| Grant {
            token: Secret::new("t"),
            address: address.map(str::to_owned),
            refresh: None,
            life: WAY.life,
        };
        let base = "https://login.example";
        for (url, address, signed) in [
            ("https://login.example/api?x=1", Some("https://shop.example"), Some("https://shop.example/api?x=1")),
            ("https://login.example/api", None, Some("https://login.example/api")),
            ("https://login.example", Some("https://shop.example"), Some("https://shop.example")),
            ("https://login.example.evil.example/api", Some("https://shop.example"), None),
            ("https://evil.example/api", None, None),
        ] {
            let request = WAY.sign(Request::new("crm", "x", Method::Get, url), base, &grant(address));
            assert_eq!(request.bearer.is_some(), signed.is_some(), "{url}");
            assert_eq!(request.url, signed.unwrap_or(url));
        }
        let other = OAuth { scheme: "Zoho-oauthtoken", ..WAY };
        let request = other.sign(Request::new("crm", "x", Method::Get, base), base, &grant(None));
        assert_eq!((request.bearer, request.headers[0].1.as_str()), (None, "Zoho-oauthtoken t"));
    }
}
