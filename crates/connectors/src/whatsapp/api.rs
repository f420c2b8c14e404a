//! Where the Graph API is, how a call to it looks, and how its errors read (`whatsapp-cloud-api.md` §1).

use super::errors::{ErrorInfo, RetryClass, meaning};
use crate::http::{Method, Request, Response, limits, percent};
use crate::secret::Secret;
use rapport_core::message::Failure;
use serde_json::Value;
use std::time::Duration;

/// Meta's own address.
pub const DEFAULT_BASE: &str = "https://graph.facebook.com";
/// The version current in November 2026.
pub const DEFAULT_VERSION: &str = "v26.0";

/// Access to one account: base address, version and token.
#[derive(Debug, Clone)]
pub struct Api {
    base_url: String,
    version: String,
    token: Secret,
    through: Option<Through>,
}

/// A provider that takes Meta's bodies behind an address and key of its own.
#[derive(Debug, Clone)]
struct Through {
    vendor: &'static str,
    /// The header of the key, lower case.
    header: &'static str,
    /// The number that the key stands for: it is left out of paths.
    number_id: String,
}

impl Api {
    /// An access. `base_url` without trailing slash needed; an empty `version` leaves the version segment out.
    #[must_use]
    pub fn new(base_url: &str, version: &str, token: Secret) -> Self {
        let base_url = base_url.trim_end_matches('/').to_owned();
        Self { base_url, version: version.to_owned(), token, through: None }
    }

    /// 360dialog: no version, no number in the path, the key in `D360-API-KEY` (§16).
    #[must_use]
    pub fn dialog360(base_url: &str, number_id: &str, key: Secret) -> Self {
        let number_id = number_id.to_owned();
        let through = Through { vendor: "dialog360", header: "d360-api-key", number_id };
        Self { through: Some(through), ..Self::new(base_url, "", key) }
    }

    /// Meta itself, in the current version.
    #[must_use]
    pub fn meta(token: Secret) -> Self {
        Self::new(DEFAULT_BASE, DEFAULT_VERSION, token)
    }

    /// The base address, without trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Adds what proves that we may call.
    pub(crate) fn authorised(&self, mut request: Request) -> Request {
        match &self.through {
            None => request.with_bearer(&self.token),
            Some(through) => {
                request.headers.push((through.header, self.token.expose().to_owned()));
                request
            }
        }
    }

    pub(crate) fn token(&self) -> &Secret {
        &self.token
    }

    fn vendor(&self) -> &'static str {
        self.through.as_ref().map_or("whatsapp", |through| through.vendor)
    }

    /// `{base}/{version}/{segments..}?{query}`; segments and values are percent-encoded.
    pub(crate) fn url(&self, segments: &[&str], query: &[(&str, &str)]) -> String {
        let mut url = self.base_url.clone();
        let known = self.through.as_ref().map(|through| through.number_id.as_str());
        let version = std::iter::once(self.version.as_str()).filter(|version| !version.is_empty());
        for segment in version.chain(segments.iter().copied().filter(|segment| known != Some(*segment))) {
            url.push('/');
            url.push_str(&percent(segment));
        }
        for (at, (name, value)) in query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(&format!("{name}={}", percent(value)));
        }
        url
    }

    pub(crate) fn call(
        &self,
        operation: &'static str,
        method: Method,
        segments: &[&str],
        query: &[(&str, &str)],
    ) -> Request {
        self.authorised(Request::new(self.vendor(), operation, method, self.url(segments, query)))
    }

    pub(crate) fn get(&self, operation: &'static str, segments: &[&str], query: &[(&str, &str)]) -> Request {
        self.call(operation, Method::Get, segments, query)
    }
}

/// A value that the provider would refuse, found before sending. `field` is the path in Meta's message.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, thiserror::Error)]
#[error("{field}: {limit}, but it is {actual}")]
pub struct Invalid {
    /// Path of the value, for example `text.body`.
    pub field: String,
    /// What is allowed, for people, with the number: `at most 4096 characters`.
    pub limit: String,
    /// What it is, for people: `5000 characters`.
    pub actual: String,
}

impl Invalid {
    pub(crate) fn new(field: impl Into<String>, limit: impl Into<String>, actual: impl Into<String>) -> Self {
        Self { field: field.into(), limit: limit.into(), actual: actual.into() }
    }
}

/// The provider refused a call, or its answer makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("HTTP {status}, code {code}: {detail}")]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    /// Graph error code; -1 when the answer holds none.
    pub code: i64,
    /// Provider's words: message and details. May hold numbers; never a token.
    pub detail: String,
    /// What to do about it.
    pub class: RetryClass,
    /// How long to wait, when the answer says so.
    pub retry_after: Option<Duration>,
}

impl ApiError {
    /// Meaning and advice for people.
    #[must_use]
    pub fn info(&self) -> &'static ErrorInfo {
        meaning(self.code)
    }

    /// The failure as stored with a message.
    #[must_use]
    pub fn failure(&self) -> Failure {
        Failure { code: self.code.max(0), detail: self.detail.clone() }
    }

    /// The answer was 2xx but not what was asked for.
    pub(crate) fn odd(response: &Response, what: &str) -> Self {
        let detail = format!("unexpected answer: {what}");
        Self { status: response.status, code: -1, detail, class: RetryClass::WaitStatus, retry_after: None }
    }
}

/// Reads a 2xx answer as JSON.
pub(crate) fn read(response: &Response) -> Result<Value, ApiError> {
    if !response.ok() {
        return Err(read_error(response));
    }
    let value: Value = serde_json::from_slice(&response.body).map_err(|_| ApiError::odd(response, "not JSON"))?;
    // Some gateways answer 200 with an error inside.
    if value.get("error").is_some_and(Value::is_object) { Err(read_error(response)) } else { Ok(value) }
}

/// Reads `{"success":true}`.
///
/// # Errors
/// [`ApiError`] when the call was refused or the answer says no.
pub fn read_success(response: &Response) -> Result<(), ApiError> {
    match read(response)?.get("success") {
        Some(Value::Bool(true)) => Ok(()),
        Some(Value::String(word)) if word == "true" => Ok(()),
        _ => Err(ApiError::odd(response, "no success")),
    }
}

/// Reads an error answer, whatever its shape; also serves answers of proxies that are not JSON.
#[must_use]
pub fn read_error(response: &Response) -> ApiError {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let error = &body["error"];
    let code = integer(&error["code"]).unwrap_or(-1);
    let class = match (code, response.status) {
        (-1, status) => class_of_status(status),
        // The same code is safe when the server says "too many requests" and doubtful when it broke down.
        (1 | 2, 429) => RetryClass::SafeRetry,
        (code, _) => meaning(code).class,
    };
    let retry_after = limits::retry_after(response).or_else(|| regain(response));
    ApiError { status: response.status, code, detail: detail(error, response.status), class, retry_after }
}

/// What an answer without a Graph error means by its status alone.
fn class_of_status(status: u16) -> RetryClass {
    match status {
        401 | 403 => RetryClass::PauseChannel,
        429 => RetryClass::SafeRetry,
        // 2xx without the expected content, time-outs and broken servers: it may have been done.
        0..=299 | 408 | 500.. => RetryClass::WaitStatus,
        _ => RetryClass::Never,
    }
}

/// Message and details in one line, without repeating one in the other; at most 500 characters.
pub(crate) fn detail(error: &Value, status: u16) -> String {
    let text = |value: &Value| value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let title = text(&error["title"]).or_else(|| text(&error["message"]));
    let details = text(&error["error_data"]["details"])
        .or_else(|| text(&error["error_user_msg"]))
        .or_else(|| text(&error["message"]));
    let joined = match (title, details) {
        (Some(title), Some(details)) if title != details => format!("{title}: {details}"),
        (Some(one), _) | (None, Some(one)) => one,
        (None, None) => format!("HTTP {status} without explanation"),
    };
    joined.chars().take(500).collect()
}

/// Minutes until an exhausted call limit is free again, from `X-Business-Use-Case-Usage`.
fn regain(response: &Response) -> Option<Duration> {
    let usage: Value = serde_json::from_str(response.header("x-business-use-case-usage")?).ok()?;
    let minutes = usage
        .as_object()?
        .values()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|one| integer(&one["estimated_time_to_regain_access"]))
        .max()?;
    let seconds = u64::try_from(minutes).ok()?.checked_mul(60).filter(|seconds| *seconds > 0)?;
    Some(Duration::from_secs(seconds).min(limits::MAX_RETRY_AFTER))
}

/// An integer, also when written as a string.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A string, also when written as a number; empty counts as missing.
pub(crate) fn string(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The cursor of the next page of a Graph list; `None` on the last one.
pub(crate) fn next_cursor(list: &Value) -> Option<String> {
    // A last page may still carry `cursors.after`; only `next` says that there is more.
    list["paging"]["next"].as_str()?;
    string(&list["paging"]["cursors"]["after"])
}
