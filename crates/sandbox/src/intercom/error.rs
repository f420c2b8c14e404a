//! Intercom's errors (crm-apis.md §6).

use crate::reply::Reply;
use serde_json::{Value, json};

/// An error answer.
#[derive(Clone, Debug)]
pub struct TalkError {
    /// HTTP status.
    pub http: u16,
    /// The word of the error.
    code: String,
    /// What it says.
    pub message: String,
    /// The attribute it is about, where it says so.
    field: Option<String>,
    /// The `Link` header.
    link: Option<String>,
}

/// What handlers return.
pub type Result<T> = std::result::Result<T, TalkError>;

impl TalkError {
    /// An error of that status.
    pub fn new(http: u16, code: &str, message: impl Into<String>) -> Self {
        Self { http, code: code.to_owned(), message: message.into(), field: None, link: None }
    }

    /// 400: something of what was sent is wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "parameter_invalid", message)
    }

    /// 400 that names the attribute.
    pub fn about(field: &str, message: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::invalid(message) }
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::new(404, "not_found", "User Not Found")
    }

    /// 410: the contact lives on in another one.
    pub fn merged(into: &str) -> Self {
        let message = "This contact has been merged. See the 'Link' header for the canonical contact.";
        let link = Some(format!("</contacts/{into}>; rel=\"canonical\""));
        Self { link, ..Self::new(410, "contact_merged", message) }
    }

    /// 409 with a contact that is there, perhaps in the archive.
    pub fn conflict(id: &str, archived: bool) -> Self {
        let what = if archived { "An archived contact" } else { "A contact" };
        Self::new(409, "conflict", format!("{what} matching those details already exists with id={id}"))
    }

    /// The usual error of a status, for faults.
    pub fn of(status: u16) -> Self {
        match status {
            400 | 422 => Self::new(status, "parameter_invalid", "email is invalid"),
            401 => Self::new(401, "unauthorized", "Access Token Invalid"),
            403 => Self::new(403, "api_plan_restricted", "Active subscription needed."),
            404 => Self::not_found(),
            409 => Self::conflict("000000000000000000000000", false),
            429 => Self::new(429, "rate_limit_exceeded", "Exceeded the rate limit of this app"),
            other => Self::new(other, "server_error", "Something went wrong on our side"),
        }
    }

    /// The body.
    pub fn body(&self) -> Value {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let Some(field) = &self.field {
            error["field"] = field.as_str().into();
        }
        json!({ "type": "error.list", "request_id": "002kb0eku2p8fbdjm6fg", "errors": [error] })
    }

    /// The answer.
    pub fn reply(&self) -> Reply {
        let reply = Reply::json(self.http, &self.body());
        match &self.link {
            Some(link) => reply.with("link", link),
            None => reply,
        }
    }
}
