//! Refusals, as the description says where they say what.

use super::description::Description;
use super::path::{self, at};
use crate::crm::answer::text;
use crate::crm::{CrmError, ErrorClass, FieldError};
use crate::http::{Response, limits};
use serde_json::Value;
use std::time::Duration;

/// Most fields that a refusal is read to name.
const MOST: usize = 50;
/// Numbers beyond it are moments, not spans. Seconds.
const SPAN: f64 = 10_000_000.0;

/// The category of what a person mends in the description.
pub(super) const MISTAKEN: &str = "description";

/// The CRM does not answer as it was described.
pub(super) fn mistaken(status: u16, words: impl Into<String>) -> CrmError {
    CrmError { category: MISTAKEN.into(), ..CrmError::new(status, ErrorClass::Invalid, words) }
}

/// The same of a list that is refused from its beginning.
pub(super) fn unlisted(error: CrmError) -> CrmError {
    let is_told = error.category.is_empty() && matches!(error.class, ErrorClass::NotFound | ErrorClass::Invalid);
    if is_told { mistaken(error.status, format!("The list of contacts is refused: {}", error.message)) } else { error }
}

/// Reads a refusal.
pub(super) fn read_error(said: &Description, response: &Response) -> CrmError {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let fields = fields(said, &body);
    let class = class(said, response.status);
    let told = Some(said.errors.message.as_str()).filter(|path| !path.is_empty()).and_then(|path| at(&body, path));
    let named = || fields.first().map(|first| format!("{}: {}", first.field, first.message));
    let message = told.and_then(words).or_else(named).unwrap_or_else(|| bare(response));
    let existing = Some(said.errors.existing.as_str()).filter(|path| !path.is_empty());
    CrmError {
        retry_after: wait(said, response, &body),
        existing_id: existing.and_then(|path| text(at(&body, path)?)).map(Into::into),
        fields,
        ..CrmError::new(response.status, class, message.chars().take(500).collect::<String>())
    }
}

fn class(said: &Description, status: u16) -> ErrorClass {
    match status {
        _ if said.limits.later.contains(&status) => ErrorClass::RateLimited,
        401 => ErrorClass::AuthExpired,
        403 => ErrorClass::ForbiddenScope,
        404 | 410 => ErrorClass::NotFound,
        409 => ErrorClass::Conflict,
        // Somebody changed the record since it was read.
        412 | 423 => ErrorClass::Locked,
        429 => ErrorClass::RateLimited,
        // A page that another server shows, or an address that moved: nothing of this is about what was sent.
        300..=399 | 408 | 425 | 500.. => ErrorClass::Transient,
        _ => ErrorClass::Invalid,
    }
}

/// A sentence, or several.
fn words(value: &Value) -> Option<String> {
    let joined = match value {
        Value::Array(items) => items.iter().filter_map(text).collect::<Vec<_>>().join("; "),
        other => text(other)?,
    };
    Some(joined).filter(|text| !text.trim().is_empty())
}

/// What was answered, where nobody said where to look: short plain text as it is.
fn bare(response: &Response) -> String {
    let body = String::from_utf8_lossy(&response.body);
    let line = body.trim();
    let is_plain = !line.is_empty() && line.len() <= 300 && !line.starts_with('<');
    if is_plain {
        format!("HTTP {}: {line}", response.status)
    } else {
        format!("HTTP {} without explanation", response.status)
    }
}

/// Fields that are named, by their paths in a record where they can be told.
fn fields(said: &Description, body: &Value) -> Vec<FieldError> {
    let errors = &said.errors;
    if errors.fields.is_empty() {
        return Vec::new();
    }
    let error = |field: &str, message: Option<String>| FieldError {
        field: spelled(said, field),
        code: String::new(),
        message: message.unwrap_or_default(),
    };
    match at(body, &errors.fields) {
        Some(Value::Object(all)) => all.iter().take(MOST).map(|(name, why)| error(name, words(why))).collect(),
        Some(Value::Array(all)) => {
            let one = |item: &Value| {
                let field = text(at(item, &errors.field)?)?;
                Some(error(&field, at(item, &errors.reason).and_then(words)))
            };
            all.iter().take(MOST).filter_map(one).collect()
        }
        Some(Value::String(name)) => vec![error(name, None)],
        _ => Vec::new(),
    }
}

/// A field's path: as it was named, or the one that ends so.
fn spelled(said: &Description, named: &str) -> String {
    let record = &said.record;
    let roles = [&record.key, &record.name, &record.email].into_iter().chain(&record.phones);
    let mut all = roles.chain(said.fields.iter().map(|field| &field.path)).filter(|path| !path.is_empty());
    let ends = |path: &&String| {
        let plain = path.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '[' | ']'));
        plain == named || plain.strip_suffix(named).is_some_and(|rest| rest.ends_with('.'))
    };
    if path::check(named).is_ok() && all.clone().any(|path| path == named) {
        return named.to_owned();
    }
    all.find(ends).cloned().unwrap_or_else(|| named.to_owned())
}

/// How long to wait, as told in the header or the answer: a span, or a moment where the answer has a date.
fn wait(said: &Description, response: &Response, body: &Value) -> Option<Duration> {
    let limits = &said.limits;
    let header = response.header(&limits.wait_header.to_ascii_lowercase()).and_then(|text| text.trim().parse().ok());
    let inside = || {
        let path = Some(limits.wait_path.as_str()).filter(|path| !path.is_empty())?;
        text(at(body, path)?)?.trim().parse::<f64>().ok()
    };
    let told: f64 = header.or_else(inside)?;
    let seconds = if told > SPAN { told - limits::date(response)?.0 as f64 / 1_000.0 } else { told };
    let longest = limits::MAX_RETRY_AFTER.as_secs_f64();
    // Zero is no permission to hammer, and a billion seconds are a mistake.
    (seconds > 0.0 && seconds <= 86_400.0).then(|| Duration::from_secs_f64(seconds.min(longest)))
}
