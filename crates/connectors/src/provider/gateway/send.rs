//! What we ask of a gateway: send, mark as read, hand over a file.

use super::{VERSION, sign};
use crate::http::{Method, Request, Response, limits};
use crate::provider::delivery::{DOWNLOAD_TIMEOUT, same_origin};
use crate::provider::error_table::code_of;
use crate::provider::shape::text;
use crate::provider::{Outbound, Provider, Sending, To};
use crate::whatsapp::api::{ApiError, Invalid, string};
use crate::whatsapp::outcome::{SendOutcome, settled};
use crate::whatsapp::send::SEND_TIMEOUT;
use crate::whatsapp::{RetryClass, meaning};
use rapport_core::message::{Content, check};
use rapport_core::time::Ms;
use serde_json::{Value, json};
use std::time::Duration;

/// A signed call with a JSON body.
fn post(provider: &Provider, operation: &'static str, path: &str, id: &str, at: Ms, body: &Value) -> Request {
    let url = format!("{}{path}", provider.base_url);
    let request = Request::new("gateway", operation, Method::Post, url).with_json(body);
    sign::signed(provider, request, id, at, &body.to_string())
}

/// A signed call without body.
pub(super) fn get(provider: &Provider, operation: &'static str, url: String, at: Ms) -> Request {
    let id = format!("{operation}-{}", at.0);
    sign::signed(provider, Request::new("gateway", operation, Method::Get, url), &id, at, "")
}

/// `POST {base}/messages`.
pub(crate) fn message(provider: &Provider, outbound: &Outbound<'_>, sending: &Sending<'_>) -> Result<Request, Invalid> {
    if let Some(problem) = check::content(outbound.content).into_iter().next() {
        return Err(Invalid::new(&problem.field, problem.allowed(), problem.found()));
    }
    let to = match outbound.to {
        To::Phone(number) => {
            let digits = crate::provider::shape::digits(number).filter(|digits| (7..=15).contains(&digits.len()));
            let digits =
                digits.ok_or_else(|| Invalid::new("to", "a phone number of 7 to 15 digits", "something else"))?;
            json!({"phone": format!("+{digits}")})
        }
        To::UserId(id) => json!({"user_id": id}),
        To::Group(_) => return Err(Invalid::new("to", "a person", "a group")),
    };
    let id = outbound.callback.map_or_else(|| format!("send-{}", sending.at.0), str::to_owned);
    let body = json!({
        "version": VERSION,
        "id": id,
        "from": provider.number_id,
        "to": to,
        "content": content(outbound.content)?,
        "reply_to": outbound.reply_to,
        "template_id": sending.template.map(|template| template.id),
    });
    Ok(post(provider, "send", "/messages", &id, sending.at, &body).with_timeout(SEND_TIMEOUT))
}

/// The canonical content; a file has an address in place of ids that mean nothing outside.
fn content(content: &Content) -> Result<Value, Invalid> {
    let mut value = serde_json::to_value(content)
        .map_err(|_| Invalid::new("content", "a content that can be written as JSON", "another one"))?;
    if let Content::Media(media) = content {
        let link = media.provider_media_id.as_deref().filter(|link| link.starts_with("http"));
        let link = link.ok_or_else(|| Invalid::new("media", "a public link to the file", "missing"))?;
        if let Some(object) = value.as_object_mut() {
            object.remove("media_id");
            object.remove("provider_media_id");
            object.insert("url".to_owned(), link.into());
        }
    }
    Ok(value)
}

/// `{"id":"..","held":false}`.
pub(crate) fn read_send(response: &Response) -> SendOutcome {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    match string(&body["id"]).filter(|_| response.ok()) {
        Some(wamid) => SendOutcome::Accepted {
            wamid,
            wa_id: text(&body, "/to/phone").and_then(crate::provider::shape::digits),
            user_id: text(&body, "/to/user_id").map(str::to_owned),
            held: body["held"] == true,
        },
        None => settled(&read_error(response)),
    }
}

/// `{"error":{"code":"window_closed","message":".."}}`: a word of the contract, or the status decides.
pub(super) fn read_error(response: &Response) -> ApiError {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let status = response.status;
    let word = text(&body, "/error/code");
    let code = word.and_then(code_of).unwrap_or(-1);
    let class = match (code, status) {
        (_, 429) => RetryClass::SafeRetry,
        (-1, 401 | 403) => RetryClass::PauseChannel,
        (-1, 0..=299 | 408 | 500..) => RetryClass::WaitStatus,
        (-1, _) => RetryClass::Never,
        (code, _) => meaning(code).class,
    };
    let told = text(&body, "/error/message").or(word);
    let detail = told.map_or_else(|| format!("HTTP {status} without explanation"), str::to_owned);
    let detail = detail.chars().take(500).collect();
    ApiError { status, code, detail, class, retry_after: limits::retry_after(response) }
}

/// `POST {base}/read`.
pub(crate) fn read_mark(provider: &Provider, message_id: &str, typing: bool, at: Ms) -> Request {
    let body = json!({"version": VERSION, "from": provider.number_id, "message_id": message_id, "typing": typing});
    let id = format!("read-{message_id}");
    post(provider, "read_mark", "/read", &id, at, &body).with_timeout(Duration::from_secs(10))
}

/// Fetches an inbound file from the gateway itself; nothing of ours goes to another host.
pub(crate) fn download(provider: &Provider, url: &str, at: Ms) -> Result<Request, Invalid> {
    if !same_origin(url, &provider.base_url) {
        return Err(Invalid::new("media.url", "an address at the gateway itself", "another host"));
    }
    Ok(get(provider, "media_download", url.to_owned(), at).with_timeout(DOWNLOAD_TIMEOUT))
}
