//! HubSpot's errors (crm-apis.md §1).

use crate::reply::Reply;
use serde_json::{Value, json};

/// An error answer.
#[derive(Clone, Debug)]
pub struct HubError {
    /// HTTP status.
    pub http: u16,
    /// `category`.
    pub category: &'static str,
    /// `message`.
    pub message: String,
    /// `context`.
    pub context: Value,
    /// `errors`.
    pub errors: Vec<Value>,
}

/// What handlers return.
pub type Result<T> = std::result::Result<T, HubError>;

impl HubError {
    /// An error of that status and category.
    pub fn new(http: u16, category: &'static str, message: impl Into<String>) -> Self {
        Self { http, category, message: message.into(), context: Value::Null, errors: Vec::new() }
    }

    /// 400 VALIDATION_ERROR.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "VALIDATION_ERROR", message)
    }

    /// 404 OBJECT_NOT_FOUND.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, "OBJECT_NOT_FOUND", message)
    }

    /// 409 CONFLICT; the message ends with the id of the record that is in the way.
    pub fn conflict(what: &str, id: u64) -> Self {
        Self::new(409, "CONFLICT", format!("{what} already exists. Existing ID: {id}"))
    }

    /// The usual error of a category, for faults.
    pub fn of(category: &str) -> Self {
        match category {
            "RATE_LIMITS" | "RATE_LIMIT" => {
                Self::new(429, "RATE_LIMITS", "You have reached your ten_secondly_rolling limit.")
            }
            "INVALID_AUTHENTICATION" => {
                Self::new(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
            }
            "EXPIRED_AUTHENTICATION" => {
                Self::new(401, "EXPIRED_AUTHENTICATION", "The token used to make this call expired.")
            }
            "MISSING_SCOPES" => {
                Self::new(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes to make this call.")
            }
            "OBJECT_NOT_FOUND" => Self::not_found("resource not found"),
            "CONFLICT" => Self::conflict("Contact", 1),
            "LOCKED" => Self::new(423, "LOCKED", "The record is locked; try again."),
            "VALIDATION_ERROR" => Self::invalid("Property values were not valid: []"),
            _ => Self::new(500, "INTERNAL_ERROR", "internal error"),
        }
    }

    /// One entry of `errors` in a batch answer.
    pub fn row(&self, trace: Option<&Value>) -> Value {
        let mut row = json!({
            "status": "error",
            "category": self.category,
            "message": self.message,
            "context": if self.context.is_null() { json!({}) } else { self.context.clone() },
        });
        if let Some(trace) = trace {
            row["context"]["objectWriteTraceId"] = json!([trace]);
        }
        row
    }

    /// The answer.
    pub fn reply(&self, correlation: &str) -> Reply {
        let mut body = json!({
            "status": "error",
            "message": self.message,
            "correlationId": correlation,
            "category": self.category,
        });
        if self.http == 429 {
            body["errorType"] = "RATE_LIMIT".into();
            body["policyName"] =
                self.context.get("policyName").cloned().unwrap_or_else(|| "TEN_SECONDLY_ROLLING".into());
        } else if !self.context.is_null() {
            body["context"] = self.context.clone();
        }
        if !self.errors.is_empty() {
            body["errors"] = self.errors.clone().into();
        }
        Reply::json(self.http, &body)
    }
}
