//! Refusals: of a call as a whole, and of a row of one.

use super::fields::KEY_FIELD;
use crate::crm::answer::{list, text};
use crate::crm::{CrmError, ErrorClass, FieldError};
use crate::http::{Response, limits};
use serde_json::Value;
use std::time::Duration;

/// Nobody says how long to wait when too much is asked at once.
const CROWDED: Duration = Duration::from_secs(10);
/// A record that is locked or waits for approval is so for a while.
const LOCKED: Duration = Duration::from_secs(60);
/// Where a list of rows stands in an answer.
const LISTS: [&str; 3] = ["data", "fields", "watch"];

/// Reads the refusal of a call: `{code, details, message, status}`, or a list with one such row.
#[must_use]
pub fn read_error(response: &Response) -> CrmError {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let row = LISTS.iter().map(|name| &body[*name][0]).find(|row| row["code"].is_string());
    let told = if body["code"].is_string() { &body } else { row.unwrap_or(&body) };
    let mut error = of(told, response.status);
    let empty = response.header("x-api-credits-remaining").is_some_and(|left| left.trim() == "0");
    if error.class == ErrorClass::RateLimited && (empty || &*error.category == "LIMIT_EXCEEDED") {
        error.class = ErrorClass::QuotaExhausted;
    }
    let wait = limits::retry_after(response);
    error.retry_after = match error.class {
        ErrorClass::RateLimited => wait.or(Some(CROWDED)),
        // Credits return as the calls of a day ago fall out of the count: look again in an hour.
        ErrorClass::QuotaExhausted => Some(wait.unwrap_or(limits::MAX_RETRY_AFTER)),
        ErrorClass::Locked => wait.or(Some(LOCKED)),
        _ => wait,
    };
    error
}

/// Reads the refusal of one row of many. What one record does not allow says nothing about the connection.
#[must_use]
pub fn read_row(row: &Value, status: u16) -> CrmError {
    let mut error = of(row, status);
    if error.class == ErrorClass::ForbiddenScope && &*error.category != "OAUTH_SCOPE_MISMATCH" {
        error.class = ErrorClass::Invalid;
    }
    if error.class == ErrorClass::Locked {
        error.retry_after = Some(LOCKED);
    }
    error
}

fn of(told: &Value, status: u16) -> CrmError {
    let code = text(&told["code"]).unwrap_or_default();
    let fields = fields(told, &code);
    let class = class(status, &code, &told["details"]);
    let message = text(&told["message"]).unwrap_or_else(|| format!("HTTP {status} without explanation"));
    // The vendor's sentence alone says "invalid data".
    let message = match fields.first().filter(|field| !field.field.is_empty()) {
        Some(field) => format!("{message} ({})", field.field),
        None => message,
    };
    let details = &told["details"];
    let existing = text(&details["duplicate_record"]["id"]).or_else(|| text(&details["id"]));
    CrmError {
        category: code.into(),
        existing_id: existing.filter(|_| class == ErrorClass::Conflict).map(Into::into),
        fields,
        ..CrmError::new(status, class, message.chars().take(500).collect::<String>())
    }
}

fn class(status: u16, code: &str, details: &Value) -> ErrorClass {
    match code {
        "OAUTH_SCOPE_MISMATCH" | "NO_PERMISSION" | "PERMISSION_DENIED" | "AUTHORIZATION_FAILED" => {
            ErrorClass::ForbiddenScope
        }
        "INVALID_TOKEN" | "INVALID_OAUTHTOKEN" | "AUTHENTICATION_FAILURE" => ErrorClass::AuthExpired,
        "TOO_MANY_REQUESTS" | "RATE_LIMIT_EXCEEDED" => ErrorClass::RateLimited,
        "DUPLICATE_DATA" => ErrorClass::Conflict,
        // Somebody else changed it in this moment, or nobody may change it for now.
        "ALREADY_MODIFIED" | "RECORD_LOCKED" | "NOT_APPROVED" => ErrorClass::Locked,
        "INTERNAL_ERROR" | "INTERNAL_SERVER_ERROR" | "SERVICE_UNAVAILABLE" => ErrorClass::Transient,
        "INVALID_DATA" if is_about_id(details) => ErrorClass::NotFound,
        _ => match status {
            401 => ErrorClass::AuthExpired,
            403 => ErrorClass::ForbiddenScope,
            404 | 410 => ErrorClass::NotFound,
            412 | 423 => ErrorClass::Locked,
            429 => ErrorClass::RateLimited,
            408 | 425 | 500.. => ErrorClass::Transient,
            _ => ErrorClass::Invalid,
        },
    }
}

/// There is no such record: the id in the address, or in the row, is nobody's.
fn is_about_id(details: &Value) -> bool {
    details["api_name"] == "id" || details["resource_path_index"].as_u64().is_some_and(|index| index > 0)
}

fn fields(told: &Value, code: &str) -> Vec<FieldError> {
    let several = list(&told["details"]["errors"]);
    if !several.is_empty() {
        return several.iter().flat_map(|one| fields(one, &text(&one["code"]).unwrap_or_default())).collect();
    }
    let message = text(&told["message"]).unwrap_or_default();
    let details = &told["details"];
    let expected = list(&details["expected_fields"]).iter().filter_map(|field| text(&field["api_name"]));
    let named = text(&details["api_name"]).or_else(|| text(&details["column_name"]));
    // What an upsert looks for is our key, and nothing else.
    let named = named.map(|name| if name == "duplicate_check_fields" { KEY_FIELD.to_owned() } else { name });
    named
        .into_iter()
        .chain(expected)
        .map(|field| FieldError { field, code: code.to_owned(), message: message.clone() })
        .collect()
}
