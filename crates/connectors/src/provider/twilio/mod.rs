//! Twilio: Programmable Messaging with WhatsApp senders, and the Content API (`whatsapp-cloud-api.md` §16).

pub(super) mod content;
pub(super) mod inbound;
pub(super) mod send;
pub(super) mod sign;
pub(super) mod templates;
pub(super) mod writing;

use super::Provider;
use super::delivery::{DOWNLOAD_TIMEOUT, below, same_origin};
use super::kind::Kind;
use crate::http::{Method, Request, Response, limits, percent};
use crate::whatsapp::api::{ApiError, Invalid, integer, string};
use crate::whatsapp::numbers::PhoneNumber;
use crate::whatsapp::outcome::{SendOutcome, settled};
use crate::whatsapp::{RetryClass, meaning};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// One of Twilio's hosts; with an address of its own (a stand-in) all of them are there.
fn host(provider: &Provider, name: &str) -> String {
    if Kind::Twilio.default_base() == Some(provider.base_url.as_str()) {
        format!("https://{name}.twilio.com")
    } else {
        provider.base_url.clone()
    }
}

/// `/2010-04-01/Accounts/{AC..}{rest}`.
fn of_account(provider: &Provider, rest: &str) -> String {
    format!("{}/2010-04-01/Accounts/{}{rest}", provider.base_url, percent(&provider.account_id))
}

/// Adds the account SID and auth token.
fn authorised(provider: &Provider, mut request: Request) -> Request {
    let pair = STANDARD.encode(format!("{}:{}", provider.account_id, provider.token.expose()));
    request.headers.push(("authorization", format!("Basic {pair}")));
    request
}

fn call(provider: &Provider, operation: &'static str, method: Method, url: String) -> Request {
    authorised(provider, Request::new("twilio", operation, method, url))
}

/// `{"sid":"SM..","status":"queued","error_code":null}`.
pub(super) fn read_send(response: &Response) -> SendOutcome {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let refused = matches!(body["status"].as_str(), Some("failed" | "undelivered" | "canceled"));
    match string(&body["sid"]).filter(|_| response.ok()) {
        Some(wamid) if !refused => SendOutcome::Accepted { wamid, wa_id: None, user_id: None, held: false },
        Some(_) => {
            let code = integer(&body["error_code"]).unwrap_or(-1);
            let detail = string(&body["error_message"]).unwrap_or_else(|| "Twilio did not send it".to_owned());
            // It exists at Twilio and has failed for good: no status can make it arrive.
            let class = match meaning(code).class {
                RetryClass::WaitStatus => RetryClass::Never,
                class => class,
            };
            let error = ApiError { status: 400, code, detail, class, retry_after: None };
            settled(&error)
        }
        None => settled(&read_error(response)),
    }
}

/// `{"code":63016,"message":"..","more_info":"..","status":400}`.
pub(super) fn read_error(response: &Response) -> ApiError {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let code = integer(&body["code"]).unwrap_or(-1);
    let status = response.status;
    let class = match (code, status) {
        (_, 429) => RetryClass::SafeRetry,
        (-1, 401 | 403) => RetryClass::PauseChannel,
        (-1, 0..=299 | 408 | 500..) => RetryClass::WaitStatus,
        (code, 500..) if meaning(code).code < 0 => RetryClass::WaitStatus,
        (code, _) => meaning(code).class,
    };
    let detail = string(&body["message"]).unwrap_or_else(|| format!("HTTP {status} without explanation"));
    let detail = detail.chars().take(500).collect();
    ApiError { status, code, detail, class, retry_after: limits::retry_after(response) }
}

fn read(response: &Response) -> Result<Value, ApiError> {
    if !response.ok() {
        return Err(read_error(response));
    }
    serde_json::from_slice(&response.body).map_err(|_| ApiError::odd(response, "not JSON"))
}

/// Asks about the account: the cheapest call that needs the token.
pub(super) fn account(provider: &Provider) -> Request {
    call(provider, "number", Method::Get, of_account(provider, ".json"))
}

/// `{"sid","friendly_name","status":"active"}`.
pub(super) fn read_account(response: &Response, number_id: &str) -> Result<PhoneNumber, ApiError> {
    let body = read(response)?;
    let status = match body["status"].as_str().ok_or_else(|| ApiError::odd(response, "no status"))? {
        "active" => "CONNECTED".to_owned(),
        other => other.to_uppercase(),
    };
    let display_phone = format!("+{number_id}");
    Ok(PhoneNumber { status, display_phone, ..PhoneNumber::bare(number_id) })
}

/// Fetches an inbound file; Twilio answers with a redirection to where it lies.
pub(super) fn download(provider: &Provider, url: &str) -> Result<Request, Invalid> {
    if !same_origin(url, &provider.base_url) && !below(url, "twilio.com") {
        return Err(Invalid::new("media.url", "a host of Twilio", "another host"));
    }
    Ok(call(provider, "media_download", Method::Get, url.to_owned()).with_timeout(DOWNLOAD_TIMEOUT))
}
