//! Refusals and limits.

use super::users::CUSTOM;
use crate::crm::answer::{list, text};
use crate::crm::{CrmError, ErrorClass, FieldError, Told};
use crate::http::{Response, limits};
use serde_json::Value;
use std::time::Duration;

/// Limits are counted by the minute.
const MINUTE: Duration = Duration::from_secs(60);
/// Attributes of a user that refusals name as they are; every other one is a field of the account's own.
const OWN: [&str; 11] =
    ["name", "email", "phone", "details", "notes", "locale", "time_zone", "tags", "external_id", "base", "value"];

/// Reads a refusal of any shape: older endpoints answer `{error, description, details}`, newer ones `{errors}`.
#[must_use]
pub fn read_error(response: &Response) -> CrmError {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let first = &body["errors"][0];
    let category = text(&body["error"]).or_else(|| text(&body["error"]["title"])).or_else(|| text(&first["code"]));
    let fields = fields(&body["details"]);
    let words = [&body["description"], &body["error"]["message"], &first["detail"], &first["title"], &body["error"]];
    let mut message = words.iter().find_map(|word| text(word));
    if let Some(field) = fields.first() {
        message = Some(field.message.clone());
    }
    let class = class(response.status, &fields);
    let told = limits::retry_after(response);
    CrmError {
        status: response.status,
        class,
        category: category.unwrap_or_default().into(),
        message: message
            .unwrap_or_else(|| format!("HTTP {} without explanation", response.status))
            .chars()
            .take(500)
            .collect(),
        correlation_id: response.header("x-request-id").or(response.header("x-zendesk-request-id")).map(Into::into),
        retry_after: match class {
            ErrorClass::RateLimited => Some(told.unwrap_or(MINUTE)),
            ErrorClass::Locked => Some(told.unwrap_or(Duration::from_secs(2))),
            _ => told,
        },
        existing_id: None,
        fields,
    }
}

fn class(status: u16, fields: &[FieldError]) -> ErrorClass {
    let is_duplicate =
        |field: &FieldError| field.code == "DuplicateValue" || field.message.contains("already being used");
    match status {
        401 => ErrorClass::AuthExpired,
        403 => ErrorClass::ForbiddenScope,
        404 | 410 => ErrorClass::NotFound,
        // Somebody else changes the record in this moment.
        409 | 423 => ErrorClass::Locked,
        429 => ErrorClass::RateLimited,
        408 | 425 | 500.. => ErrorClass::Transient,
        422 if fields.iter().any(is_duplicate) => ErrorClass::Conflict,
        _ => ErrorClass::Invalid,
    }
}

/// `{field: [{description, error}]}`.
fn fields(details: &Value) -> Vec<FieldError> {
    let Some(details) = details.as_object() else { return Vec::new() };
    let of = |(name, errors): (&String, &Value)| {
        let field = if OWN.contains(&name.as_str()) { name.clone() } else { format!("{CUSTOM}{name}") };
        list(errors)
            .iter()
            .map(|error| FieldError {
                field: field.clone(),
                code: text(&error["error"]).unwrap_or_default(),
                message: text(&error["description"]).or_else(|| text(error)).unwrap_or_default(),
            })
            .collect::<Vec<_>>()
    };
    details.iter().flat_map(of).collect()
}

/// What an answer's headers say about the calls of a minute.
#[must_use]
pub fn read_limits(response: &Response) -> Told {
    let number = |names: [&str; 2]| {
        names.iter().find_map(|name| response.header(name)).and_then(|text| text.trim().parse::<u64>().ok())
    };
    let remaining = number(["ratelimit-remaining", "x-rate-limit-remaining"]);
    let reset = response.header("ratelimit-reset").and_then(|text| text.trim().parse().ok()).unwrap_or(60);
    Told {
        day: None,
        most: number(["ratelimit-limit", "x-rate-limit"]).map(|most| (most, MINUTE)),
        spent: (remaining == Some(0)).then(|| Duration::from_secs(reset).clamp(Duration::from_secs(1), MINUTE)),
    }
}
