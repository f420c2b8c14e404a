//! Zendesk's errors (crm-apis.md §4).

use crate::reply::Reply;
use serde_json::{Value, json};

/// An error answer.
#[derive(Clone, Debug)]
pub struct ZenError {
    /// HTTP status.
    pub http: u16,
    /// The body.
    pub body: Value,
}

/// What handlers return.
pub type Result<T> = std::result::Result<T, ZenError>;

impl ZenError {
    /// An error of that status.
    pub fn new(http: u16, error: &str, description: impl Into<String>) -> Self {
        Self { http, body: json!({ "error": error, "description": description.into() }) }
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::new(404, "RecordNotFound", "Not found")
    }

    /// 422 about one attribute.
    pub fn record(field: &str, code: &str, description: &str) -> Self {
        let body = json!({
            "error": "RecordInvalid",
            "description": "Record validation errors",
            "details": { field: [{ "description": description, "error": code }] },
        });
        Self { http: 422, body }
    }

    /// 401.
    pub fn unknown() -> Self {
        Self { http: 401, body: json!({ "error": "Couldn't authenticate you" }) }
    }

    /// The usual error of a status, for faults.
    pub fn of(status: u16) -> Self {
        match status {
            401 => Self::unknown(),
            403 => Self {
                http: 403,
                body: json!({ "error": { "title": "Forbidden", "message": "You do not have access to this page." } }),
            },
            404 => Self::not_found(),
            409 => Self::new(409, "UpdateConflict", "Safe update prevented the update."),
            422 => Self::record("name", "BlankValue", "Name: cannot be blank"),
            429 => Self::new(429, "APIRateLimitExceeded", "Number of allowed API requests per minute exceeded"),
            other => Self::new(other, "InternalError", "Something went wrong"),
        }
    }

    /// The answer.
    pub fn reply(&self) -> Reply {
        Reply::json(self.http, &self.body)
    }

    /// The row of a job's results.
    pub fn row(&self, index: usize) -> Value {
        let details = self.body["details"].as_object().and_then(|details| details.values().next());
        let details = details.map_or_else(|| self.body["description"].clone(), |list| list[0]["description"].clone());
        json!({
            "index": index, "action": "create", "success": false, "status": "Failed",
            "error": self.body["error"], "details": details,
        })
    }
}
