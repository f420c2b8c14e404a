//! Refusals and limits.

use crate::crm::answer::{list, text};
use crate::crm::{CrmError, ErrorClass, FieldError};
use crate::http::{Response, limits};
use serde_json::Value;
use std::time::Duration;

/// The rolling interval of the short limit, when the answer does not name it.
const INTERVAL: Duration = Duration::from_secs(10);

/// Reads a refusal of any shape. `Retry-After` is not reliable here: the policy's interval counts, and a header only
/// when it asks for more.
#[must_use]
pub fn read_error(response: &Response) -> CrmError {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let mut error = of_body(&body, response.status);
    let told = limits::retry_after(response);
    error.retry_after = match error.class {
        ErrorClass::RateLimited => {
            let interval = read_limits(response).interval_ms.map_or(INTERVAL, Duration::from_millis);
            Some(told.map_or(interval, |told| told.max(interval)).min(limits::MAX_RETRY_AFTER))
        }
        // The day's quota returns at the account's midnight, which nobody tells us: look again in an hour.
        ErrorClass::QuotaExhausted => Some(limits::MAX_RETRY_AFTER),
        ErrorClass::Locked => Some(told.unwrap_or(Duration::from_secs(2))),
        _ => told,
    };
    error
}

/// A refusal as it stands in a body or in a row of a batch.
pub(super) fn of_body(body: &Value, status: u16) -> CrmError {
    let word = |key: &str| text(&body[key]).unwrap_or_default();
    let (category, message) = (word("category"), word("message"));
    let message = if message.is_empty() { format!("HTTP {status} without explanation") } else { message };
    let class = class(status, &category, &word("errorType"), &word("policyName"));
    CrmError {
        status,
        class,
        existing_id: (class == ErrorClass::Conflict).then(|| existing_id(body, &message)).flatten().map(Into::into),
        fields: fields(body),
        category: category.into(),
        message: message.chars().take(500).collect(),
        correlation_id: text(&body["correlationId"]).map(Into::into),
        retry_after: None,
    }
}

fn class(status: u16, category: &str, error_type: &str, policy: &str) -> ErrorClass {
    if status == 429 || error_type == "RATE_LIMIT" || category == "RATE_LIMITS" {
        return if policy == "DAILY" { ErrorClass::QuotaExhausted } else { ErrorClass::RateLimited };
    }
    match (status, category) {
        (_, "CONFLICT" | "OBJECT_ALREADY_EXISTS") | (409, _) => ErrorClass::Conflict,
        (_, "OBJECT_NOT_FOUND") | (404 | 410, _) => ErrorClass::NotFound,
        (_, "INVALID_AUTHENTICATION" | "EXPIRED_AUTHENTICATION") | (401, _) => ErrorClass::AuthExpired,
        (_, "MISSING_SCOPES") | (403, _) => ErrorClass::ForbiddenScope,
        (423, _) => ErrorClass::Locked,
        (408 | 425, _) | (500.., _) => ErrorClass::Transient,
        _ => ErrorClass::Invalid,
    }
}

/// The id is told in the context of newer answers and at the end of the sentence of all.
fn existing_id(body: &Value, message: &str) -> Option<String> {
    let context = &body["context"];
    let told = ["existingId", "existingObjectId", "id"]
        .iter()
        .find_map(|key| text(&context[key]).or_else(|| text(&context[key][0])));
    told.or_else(|| {
        let digits: String =
            message.chars().rev().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then(|| digits.chars().rev().collect())
    })
}

fn fields(body: &Value) -> Vec<FieldError> {
    let of = |error: &Value| {
        let name = ["propertyName", "properties", "name"]
            .iter()
            .find_map(|key| text(&error["context"][key]).or_else(|| text(&error["context"][key][0])));
        FieldError {
            field: name.or_else(|| text(&error["in"])).or_else(|| text(&error["name"])).unwrap_or_default(),
            code: text(&error["code"]).or_else(|| text(&error["error"])).unwrap_or_default(),
            message: text(&error["message"]).unwrap_or_default(),
        }
    };
    // Older validation errors hide the list inside the message as JSON.
    let inner = text(&body["message"]).and_then(|message| {
        let from = message.find("[{")?;
        let to = message.rfind("}]")? + 2;
        serde_json::from_str::<Value>(message.get(from..to)?).ok()
    });
    list(&body["errors"]).iter().chain(inner.as_ref().map(list).unwrap_or_default()).map(of).collect()
}

/// What an answer's headers say about the limits. Absent on search answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Calls a day.
    pub daily: Option<u64>,
    /// Left today.
    pub daily_remaining: Option<u64>,
    /// Length of the short interval in milliseconds.
    pub interval_ms: Option<u64>,
    /// Calls in it.
    pub max: Option<u64>,
    /// Left in it.
    pub remaining: Option<u64>,
}

/// Reads the limit headers.
#[must_use]
pub fn read_limits(response: &Response) -> Limits {
    let get = |name: &str| response.header(name).and_then(|text| text.trim().parse().ok());
    Limits {
        daily: get("x-hubspot-ratelimit-daily"),
        daily_remaining: get("x-hubspot-ratelimit-daily-remaining"),
        interval_ms: get("x-hubspot-ratelimit-interval-milliseconds"),
        max: get("x-hubspot-ratelimit-max"),
        remaining: get("x-hubspot-ratelimit-remaining"),
    }
}
