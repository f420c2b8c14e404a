//! What every connector does with a JSON answer.

use super::value::{CrmError, ErrorClass};
use crate::http::Response;
use rapport_core::time::Ms;
use serde_json::Value;

/// Reads a 2xx answer as JSON; any other one is what `refusal` reads in it.
pub(crate) fn read(response: &Response, refusal: fn(&Response) -> CrmError) -> Result<Value, CrmError> {
    if !response.ok() {
        return Err(refusal(response));
    }
    serde_json::from_slice(&response.body).map_err(|_| odd(response, "not JSON"))
}

/// The answer was 2xx but not what was asked for.
pub(crate) fn odd(response: &Response, what: &str) -> CrmError {
    CrmError::new(response.status, ErrorClass::Transient, format!("unexpected answer: {what}"))
}

/// A scalar as text; null, objects and lists are missing.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The elements of a list; none for anything else.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A value as text; the elements of a list are joined by semicolons, null and objects are empty.
pub(crate) fn joined(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().filter_map(text).collect::<Vec<_>>().join(";"),
        other => text(other).unwrap_or_default(),
    }
}

/// A moment in ISO 8601, with whatever offset.
pub(crate) fn moment(text: &str) -> Option<Ms> {
    text.parse::<jiff::Timestamp>().ok().map(|at| Ms(at.as_millisecond()))
}
