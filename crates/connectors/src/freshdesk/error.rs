//! Refusals and limits.

use super::contacts::{CUSTOM, KEY};
use super::fields::is_own;
use crate::crm::answer::{list, text};
use crate::crm::{CrmError, ErrorClass, FieldError, Told};
use crate::http::{Response, limits};
use serde_json::Value;
use std::time::Duration;

/// Limits are counted by the minute.
const MINUTE: Duration = Duration::from_secs(60);
/// What a value is called that another contact has.
const DUPLICATE: &str = "duplicate_value";

/// What refusals name beside fields of a contact.
const PLAIN: [&str; 4] = ["", "custom_fields", "page", "query"];

/// Reads a refusal: `{description, errors: [{field, message, code}]}`, or `{code, message}` where it is not about
/// fields. A contact that is not there is answered without a body.
#[must_use]
pub fn read_error(response: &Response) -> CrmError {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let errors = list(&body["errors"]);
    let fields: Vec<FieldError> = errors.iter().map(field).collect();
    let class = class(response.status, &fields);
    let told = limits::retry_after(response);
    let said = fields.first().map(|first| format!("{}: {}", first.field, first.message));
    let message = said.or_else(|| text(&body["message"])).or_else(|| text(&body["description"]));
    let owner = |error: &Value| text(&error["additional_info"]["user_id"]);
    // Of several values that others have, our key says whose contact it is.
    let holder = errors.iter().find(|error| error["field"] == KEY).and_then(owner);
    let existing = holder.or_else(|| errors.iter().find_map(owner));
    CrmError {
        status: response.status,
        class,
        category: text(&body["code"]).or_else(|| text(&errors.first()?["code"])).unwrap_or_default().into(),
        message: message
            .unwrap_or_else(|| format!("HTTP {} without explanation", response.status))
            .chars()
            .take(500)
            .collect(),
        correlation_id: response.header("x-request-id").map(Into::into),
        retry_after: if class == ErrorClass::RateLimited { Some(told.unwrap_or(MINUTE)) } else { told },
        existing_id: existing.map(Into::into),
        fields,
    }
}

fn class(status: u16, fields: &[FieldError]) -> ErrorClass {
    match status {
        401 => ErrorClass::AuthExpired,
        403 => ErrorClass::ForbiddenScope,
        // A deleted contact is there for reading only: whoever writes to it is told that this cannot be done.
        404 | 405 | 410 => ErrorClass::NotFound,
        429 => ErrorClass::RateLimited,
        408 | 425 | 500.. => ErrorClass::Transient,
        _ if fields.iter().any(|field| field.code == DUPLICATE) => ErrorClass::Conflict,
        // Somebody else changes the contact in this moment.
        409 | 423 => ErrorClass::Locked,
        _ => ErrorClass::Invalid,
    }
}

/// The account's own fields are named with or without what they stand in.
fn field(error: &Value) -> FieldError {
    let named = text(&error["field"]).unwrap_or_default();
    let is_plain = is_own(&named) || named.starts_with(CUSTOM) || PLAIN.contains(&named.as_str());
    FieldError {
        field: if is_plain { named } else { format!("{CUSTOM}{named}") },
        code: text(&error["code"]).unwrap_or_default(),
        message: text(&error["message"]).unwrap_or_default(),
    }
}

/// Whether it was refused because another contact has this key.
pub(super) fn is_key_taken(error: &CrmError) -> bool {
    error.fields.iter().any(|field| field.field == KEY && field.code == DUPLICATE)
}

/// Whether a page was refused because the list is not shown so far.
pub(super) fn is_beyond(error: &CrmError) -> bool {
    error.class == ErrorClass::Invalid && error.fields.iter().any(|field| field.field == "page")
}

/// What an answer's headers say about the calls of a minute. What is left of it is not looked at: Freshdesk does not say
/// when the minute ends, and a refusal does.
#[must_use]
pub fn read_limits(response: &Response) -> Told {
    let total = response.header("x-ratelimit-total").and_then(|text| text.trim().parse::<u64>().ok());
    Told { most: total.map(|most| (most, MINUTE)), ..Told::default() }
}
