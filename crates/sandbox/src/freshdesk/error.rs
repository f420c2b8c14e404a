//! Freshdesk's errors (crm-apis.md §5).

use crate::reply::Reply;
use serde_json::{Value, json};

/// An error answer.
#[derive(Clone, Debug)]
pub struct DeskError {
    /// HTTP status.
    pub http: u16,
    /// The body; null for none.
    pub body: Value,
}

/// What handlers return.
pub type Result<T> = std::result::Result<T, DeskError>;

impl DeskError {
    /// `{code, message}`.
    pub fn new(http: u16, code: &str, message: &str) -> Self {
        Self { http, body: json!({ "code": code, "message": message }) }
    }

    /// 404, without a body.
    pub fn not_found() -> Self {
        Self { http: 404, body: Value::Null }
    }

    /// Some fields are refused.
    pub fn fields(http: u16, errors: &[Value]) -> Self {
        Self { http, body: json!({ "description": "Validation failed", "errors": errors }) }
    }

    /// 400 about one field.
    pub fn field(name: &str, code: &str, message: &str) -> Self {
        Self::fields(400, &[wrong(name, code, message)])
    }

    /// 401.
    pub fn unknown() -> Self {
        Self::new(401, "invalid_credentials", "You have to be logged in to perform this action.")
    }

    /// A deleted contact is read only.
    pub fn method() -> Self {
        Self {
            http: 405,
            body: json!({ "message": "PUT method is not allowed. It should be one of these method(s): GET" }),
        }
    }

    /// The usual error of a status, for faults.
    pub fn of(status: u16) -> Self {
        match status {
            400 => Self::field("name", "missing_field", "It should be a/an String"),
            401 => Self::unknown(),
            403 => Self::new(403, "access_denied", "You are not authorized to perform this action."),
            404 => Self::not_found(),
            405 => Self::method(),
            429 => Self { http: 429, body: json!({ "message": "You have exceeded the limit of requests per minute" }) },
            other => Self::new(other, "internal_error", "We're sorry, but something went wrong."),
        }
    }

    /// The answer.
    pub fn reply(&self) -> Reply {
        if self.body.is_null() { Reply::empty(self.http) } else { Reply::json(self.http, &self.body) }
    }
}

/// What is wrong with a field.
pub fn wrong(field: &str, code: &str, message: &str) -> Value {
    json!({ "field": field, "message": message, "code": code })
}

/// Another contact has this value.
pub fn taken(field: &str, owner: u64) -> Value {
    let mut error = wrong(field, "duplicate_value", "It should be a unique value");
    error["additional_info"] = json!({ "user_id": owner });
    error
}
