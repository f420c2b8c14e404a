//! Zoho's errors (crm-apis.md §3).

use crate::reply::Reply;
use serde_json::{Value, json};

/// An error answer, or a refused row.
#[derive(Clone, Debug)]
pub struct ZohoError {
    /// HTTP status.
    pub http: u16,
    /// The body, or the row.
    pub body: Value,
}

/// What handlers return.
pub type Result<T> = std::result::Result<T, ZohoError>;

impl ZohoError {
    /// An error with this code.
    pub fn new(http: u16, code: &str, message: &str, details: Value) -> Self {
        Self { http, body: json!({ "code": code, "details": details, "message": message, "status": "error" }) }
    }

    /// A refusal of one field's value.
    pub fn field(code: &str, message: &str, field: &str, mut more: Value) -> Self {
        more["api_name"] = field.into();
        more["json_path"] = format!("$.data[0].{field}").into();
        Self::new(400, code, message, more)
    }

    /// There is no record of the id in the address.
    pub fn no_record() -> Self {
        let details = json!({ "resource_path_index": 1 });
        Self::new(400, "INVALID_DATA", "the related id given seems to be invalid", details)
    }

    /// There is nothing at this address.
    pub fn no_path() -> Self {
        Self::new(404, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one", json!({}))
    }

    /// The usual error of a status, for faults.
    pub fn of(status: u16, code: Option<&str>) -> Self {
        let (usual, message) = match status {
            400 => ("INVALID_DATA", "invalid data"),
            401 => ("INVALID_TOKEN", "invalid oauth token"),
            403 => ("NO_PERMISSION", "permission denied"),
            404 => ("INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one"),
            412 => ("ALREADY_MODIFIED", "record has been already modified"),
            429 => ("TOO_MANY_REQUESTS", "Too many requests fired in concurrency than the allowed limit"),
            _ => ("INTERNAL_ERROR", "Internal Server Error"),
        };
        Self::new(status, code.unwrap_or(usual), message, json!({}))
    }

    /// The answer.
    pub fn reply(&self) -> Reply {
        Reply::json(self.http, &self.body)
    }
}
