//! Refusals and limits.

use super::api::is_id;
use super::contacts::KEY;
use crate::crm::answer::{list, text};
use crate::crm::{CrmError, ErrorClass, FieldError, Told};
use crate::http::{Response, limits};
use serde_json::Value;
use std::time::Duration;

/// How long to wait when too many long calls run at once.
const CROWDED: Duration = Duration::from_secs(5);
/// How long to wait when the calls of the last 24 hours are used up: they come back bit by bit.
const USED_UP: Duration = Duration::from_secs(900);
/// How long to wait for a record that somebody else changes.
const BUSY: Duration = Duration::from_secs(2);

/// Reads a refusal: a list of errors, of which the first counts.
#[must_use]
pub fn read_error(response: &Response) -> CrmError {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let told = limits::retry_after(response);
    let errors = if body.is_object() { std::slice::from_ref(&body) } else { list(&body) };
    let mut error = read(errors, response.status, "errorCode");
    error.retry_after = match error.class {
        ErrorClass::RateLimited | ErrorClass::QuotaExhausted => told.or(error.retry_after).or(Some(CROWDED)),
        ErrorClass::Locked => told.or(error.retry_after),
        _ => told,
    };
    error
}

/// Reads why one row of a batch was refused, within an answer of HTTP 200. What the user may not do with one record
/// says nothing of the connection.
pub(super) fn row_error(errors: &Value, status: u16) -> CrmError {
    let mut error = read(list(errors), status, "statusCode");
    if matches!(error.class, ErrorClass::ForbiddenScope) {
        error.class = ErrorClass::Invalid;
    }
    error
}

fn read(errors: &[Value], status: u16, code: &str) -> CrmError {
    let first = errors.first().unwrap_or(&Value::Null);
    let word = text(&first[code]).or_else(|| text(&first["error"])).unwrap_or_default();
    let message = text(&first["message"]).unwrap_or_else(|| match word.as_str() {
        "" => format!("HTTP {status} without explanation"),
        word => word.to_owned(),
    });
    let class = class(status, &word, &message);
    CrmError {
        category: word.into(),
        retry_after: match class {
            ErrorClass::RateLimited => Some(CROWDED),
            ErrorClass::QuotaExhausted => Some(USED_UP),
            ErrorClass::Locked => Some(BUSY),
            _ => None,
        },
        existing_id: if class == ErrorClass::Conflict { existing(first, &message) } else { None },
        fields: errors.iter().flat_map(|error| fields(error, code)).collect(),
        ..CrmError::new(status, class, message.chars().take(500).collect::<String>())
    }
}

fn class(status: u16, code: &str, message: &str) -> ErrorClass {
    match code {
        "INVALID_SESSION_ID" | "INVALID_AUTH_HEADER" | "SESSION_EXPIRED" => ErrorClass::AuthExpired,
        // Long calls at once are counted apart, under the same code.
        "REQUEST_LIMIT_EXCEEDED" if message.contains("oncurrent") => ErrorClass::RateLimited,
        "REQUEST_LIMIT_EXCEEDED" => ErrorClass::QuotaExhausted,
        "UNABLE_TO_LOCK_ROW" => ErrorClass::Locked,
        "DUPLICATE_VALUE" | "DUPLICATES_DETECTED" | "DUPLICATE_EXTERNAL_ID" => ErrorClass::Conflict,
        // The field of our key is missing, not a record.
        _ if message.contains("external ID field does not exist") => ErrorClass::Invalid,
        "ENTITY_IS_DELETED" | "NOT_FOUND" | "INVALID_CROSS_REFERENCE_KEY" | "MALFORMED_ID" => ErrorClass::NotFound,
        "API_DISABLED_FOR_ORG"
        | "API_CURRENTLY_DISABLED"
        | "FUNCTIONALITY_NOT_ENABLED"
        | "INVALID_TYPE"
        | "INSUFFICIENT_ACCESS"
        | "INSUFFICIENT_ACCESS_OR_READONLY" => ErrorClass::ForbiddenScope,
        "SERVER_UNAVAILABLE" | "UNKNOWN_EXCEPTION" | "QUERY_TIMEOUT" => ErrorClass::Transient,
        _ => match status {
            401 => ErrorClass::AuthExpired,
            403 => ErrorClass::ForbiddenScope,
            404 | 410 => ErrorClass::NotFound,
            412 | 423 => ErrorClass::Locked,
            429 => ErrorClass::RateLimited,
            // 420 is a server of theirs that cannot be reached.
            408 | 420 | 425 | 500.. => ErrorClass::Transient,
            _ => ErrorClass::Invalid,
        },
    }
}

/// The fields an error names: in its list, or in its words.
fn fields(error: &Value, code: &str) -> Vec<FieldError> {
    let (code, message) = (text(&error[code]).unwrap_or_default(), text(&error["message"]).unwrap_or_default());
    let mut names: Vec<String> = list(&error["fields"]).iter().filter_map(text).collect();
    if names.is_empty() {
        names.extend(missing_column(&message).map(str::to_owned));
    }
    if names.is_empty() && message.contains(KEY) {
        names.push(KEY.to_owned());
    }
    if names.is_empty() && code == "DUPLICATES_DETECTED" {
        // What the org's rules compare is not told; an address is what most of them do.
        names.push("Email".to_owned());
    }
    let of = |field| FieldError { field, code: code.clone(), message: message.clone() };
    names.into_iter().map(of).collect()
}

/// The field that a question or a record names and that is not there, or not for this user.
#[must_use]
pub fn missing_column(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("No such column '")?;
    rest.split_once('\'').map(|(name, _)| name)
}

/// The record that is there already: told beside the error, or at the end of its words.
fn existing(error: &Value, message: &str) -> Option<Box<str>> {
    fn told(value: &Value) -> Option<&str> {
        match value {
            Value::Object(map) => match map.get("matchRecords") {
                Some(records) => records[0]["record"]["Id"].as_str(),
                None => map.values().find_map(told),
            },
            Value::Array(items) => items.iter().find_map(told),
            _ => None,
        }
    }
    let last = message.rsplit(|c: char| !c.is_ascii_alphanumeric()).find(|word| !word.is_empty());
    told(error).or(last).filter(|id| is_id(id)).map(Into::into)
}

/// What an answer's header says about the calls of the last 24 hours: `api-usage=18/15000`.
#[must_use]
pub fn read_limits(response: &Response) -> Told {
    let usage = response.header("sforce-limit-info").into_iter().flat_map(|text| text.split([';', ',']));
    let day = usage.filter_map(|part| part.trim().strip_prefix("api-usage=")).find_map(|usage| {
        let (used, most) = usage.split_once('/')?;
        let (used, most): (u64, u64) = (used.trim().parse().ok()?, most.trim().parse().ok()?);
        Some((most, most.saturating_sub(used)))
    });
    Told { day, ..Told::default() }
}
