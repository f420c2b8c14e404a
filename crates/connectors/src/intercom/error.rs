//! Refusals and limits.

use super::contacts::CUSTOM;
use crate::crm::answer::{list, text};
use crate::crm::{CrmError, ErrorClass, FieldError, Told};
use crate::http::{Response, limits};
use serde_json::Value;
use std::time::Duration;

/// The calls of a minute are given out in spans of so many seconds.
const SPAN: Duration = Duration::from_secs(10);
/// Nobody waits longer for a new span; what says so is taken for a mistake.
const MAX_SPAN: u64 = 60;
/// Attributes that a refusal without `field` may name in its words.
const NAMED: [&str; 7] =
    ["email", "phone", "external_id", "owner_id", "unsubscribed_from_emails", "signed_up_at", "name"];

/// Reads a refusal: a list of errors, of which the first one counts.
#[must_use]
pub fn read_error(response: &Response) -> CrmError {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let errors = list(&body["errors"]);
    let first = errors.first().cloned().unwrap_or_default();
    let category = text(&first["code"]).unwrap_or_default();
    let message = text(&first["message"])
        .unwrap_or_else(|| format!("HTTP {} {category} without explanation", response.status))
        .chars()
        .take(500)
        .collect::<String>();
    let class = class(response.status);
    CrmError {
        status: response.status,
        class,
        correlation_id: text(&body["request_id"]).map(Into::into),
        retry_after: match class {
            ErrorClass::RateLimited => Some(limits::retry_after(response).or(until_reset(response)).unwrap_or(SPAN)),
            ErrorClass::Locked => Some(limits::retry_after(response).unwrap_or(Duration::from_secs(2))),
            _ => limits::retry_after(response),
        },
        existing_id: if class == ErrorClass::Conflict { existing(&message).map(Into::into) } else { None },
        fields: if class == ErrorClass::Invalid { errors.iter().filter_map(field).collect() } else { Vec::new() },
        category: category.into(),
        message,
    }
}

fn class(status: u16) -> ErrorClass {
    match status {
        401 => ErrorClass::AuthExpired,
        402 | 403 => ErrorClass::ForbiddenScope,
        404 | 410 => ErrorClass::NotFound,
        409 => ErrorClass::Conflict,
        423 => ErrorClass::Locked,
        429 => ErrorClass::RateLimited,
        408 | 425 | 500.. => ErrorClass::Transient,
        _ => ErrorClass::Invalid,
    }
}

/// The contact that is there already: a conflict ends with its id.
fn existing(message: &str) -> Option<&str> {
    let (_, rest) = message.rsplit_once("id=")?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
    Some(&rest[..end]).filter(|id| !id.is_empty())
}

/// Whether a conflict is with a contact that somebody archived: it can be neither read nor found.
#[must_use]
pub fn is_archived(error: &CrmError) -> bool {
    error.class == ErrorClass::Conflict && error.message.to_lowercase().contains("archived contact")
}

/// The attribute an error is about: as it says, else the one its words name.
fn field(error: &Value) -> Option<FieldError> {
    let code = text(&error["code"]).unwrap_or_default();
    let message = text(&error["message"]).unwrap_or_default();
    let said = text(&error["field"]).filter(|field| !field.is_empty());
    let field = said.or_else(|| custom(&message)).or_else(|| {
        let lower = message.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        NAMED.iter().find(|name| words.contains(name)).map(|name| (*name).to_owned())
    })?;
    Some(FieldError { field, code, message })
}

/// `Custom attribute 'level' does not exist`: the attribute between the quotes.
fn custom(message: &str) -> Option<String> {
    if !message.to_lowercase().contains("custom attribute") {
        return None;
    }
    let (_, rest) = message.split_once('\'')?;
    let (name, _) = rest.split_once('\'')?;
    Some(format!("{CUSTOM}{}", name.trim_start_matches(CUSTOM)))
}

/// What an answer's headers say about the calls of the present span.
#[must_use]
pub fn read_limits(response: &Response) -> Told {
    let remaining = number(response, "x-ratelimit-remaining");
    Told {
        day: None,
        most: number(response, "x-ratelimit-limit").map(|most| (most, SPAN)),
        spent: (remaining == Some(0)).then(|| until_reset(response).unwrap_or(SPAN)),
    }
}

/// Time until the next span begins, by the vendor's own clock.
fn until_reset(response: &Response) -> Option<Duration> {
    let reset = number(response, "x-ratelimit-reset")?;
    let now = u64::try_from(limits::date(response)?.0 / 1_000).ok()?;
    Some(Duration::from_secs(reset.saturating_sub(now).clamp(1, MAX_SPAN)))
}

fn number(response: &Response, name: &str) -> Option<u64> {
    response.header(name)?.trim().parse().ok()
}
