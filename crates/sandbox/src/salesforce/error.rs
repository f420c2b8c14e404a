//! Salesforce's errors (crm-apis.md §2): a list of them, also where there is one.

use crate::reply::Reply;
use serde_json::{Value, json};

/// A refusal.
#[derive(Clone, Debug)]
pub struct ForceError {
    /// HTTP status where it is an answer of its own.
    pub http: u16,
    /// Salesforce's word.
    pub code: String,
    /// What is said.
    pub message: String,
    /// Fields it is about.
    pub fields: Vec<String>,
    /// The record that is there already, where a rule against duplicates found one.
    pub duplicate_of: Option<String>,
}

/// What handlers return.
pub type Result<T> = std::result::Result<T, ForceError>;

impl ForceError {
    /// A refusal of that status.
    pub fn new(http: u16, code: &str, message: impl Into<String>) -> Self {
        Self { http, code: code.into(), message: message.into(), fields: Vec::new(), duplicate_of: None }
    }

    /// A refusal about one field.
    pub fn field(code: &str, field: &str, message: impl Into<String>) -> Self {
        Self { fields: vec![field.to_owned()], ..Self::new(400, code, message) }
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::new(404, "NOT_FOUND", "The requested resource does not exist")
    }

    /// A question that is no question.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(400, "MALFORMED_QUERY", message)
    }

    /// 401.
    pub fn session() -> Self {
        Self::new(401, "INVALID_SESSION_ID", "Session expired or invalid")
    }

    /// The error of a word, for faults.
    pub fn of_code(code: &str) -> Self {
        let (http, message) = match code {
            "INVALID_SESSION_ID" => return Self::session(),
            "REQUEST_LIMIT_EXCEEDED" => (403, "TotalRequests Limit exceeded."),
            "UNABLE_TO_LOCK_ROW" => (400, "unable to obtain exclusive access to this record"),
            "SERVER_UNAVAILABLE" => (503, "We are down for maintenance. Sorry for the inconvenience."),
            _ => (400, "refused on request"),
        };
        Self::new(http, code, message)
    }

    /// The usual error of a status, for faults.
    pub fn of(status: u16) -> Self {
        match status {
            401 => Self::session(),
            403 => Self::new(403, "INSUFFICIENT_ACCESS", "You do not have the level of access necessary."),
            404 => Self::not_found(),
            429 => {
                Self::new(429, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.")
            }
            503 => Self::of_code("SERVER_UNAVAILABLE"),
            other => Self::new(other, "UNKNOWN_EXCEPTION", "An unexpected error occurred."),
        }
    }

    /// The answer.
    pub fn reply(&self) -> Reply {
        let mut one = json!({ "message": self.message, "errorCode": self.code });
        if !self.fields.is_empty() {
            one["fields"] = json!(self.fields);
        }
        if let Some(id) = &self.duplicate_of {
            // Their spelling.
            one["duplicateResut"] = json!({
                "allowSave": false, "duplicateRule": "Standard_Contact_Duplicate_Rule",
                "duplicateRuleEntityType": "Contact", "errorMessage": self.message,
                "matchResults": [{ "entityType": "Contact", "errors": [], "matchEngine": "FuzzyMatchEngine",
                    "matchRecords": [{ "additionalInformation": [], "fieldDiffs": [], "matchConfidence": 100.0,
                        "record": { "attributes": { "type": "Contact" }, "Id": id } }],
                    "rule": "Standard_Contact_Match_Rule_v1_1", "size": 1, "success": true }],
            });
        }
        Reply::json(self.http, &json!([one]))
    }

    /// The row of a collection's results.
    pub fn row(&self) -> Value {
        json!({ "success": false, "errors": [
            { "statusCode": self.code, "message": self.message, "fields": self.fields }] })
    }
}
