//! What every connector does with a JSON answer.

use super::value::{CrmError, ErrorClass};
use crate::http::Response;
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
