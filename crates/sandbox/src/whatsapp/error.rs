//! Meta's errors (whatsapp-cloud-api.md §1, §11).

use crate::reply::Reply;
use serde_json::{Value, json};

/// An error of the Graph API.
#[derive(Clone, Debug)]
pub struct GraphError {
    /// HTTP status.
    pub http: u16,
    /// Meta's code.
    pub code: i64,
    /// Sub code, on generic errors.
    pub subcode: Option<i64>,
    /// Text after `(#code)`; empty takes the code's usual title.
    pub title: String,
    /// `error_data.details`.
    pub details: Option<String>,
    /// `error_user_title` and `error_user_msg`.
    pub user: Option<Box<(String, String)>>,
    /// `OAuthException` or `GraphMethodException`.
    pub kind: &'static str,
}

/// What handlers return.
pub type Result<T> = std::result::Result<T, GraphError>;

impl GraphError {
    /// The error of that code with its usual status and title.
    pub fn code(code: i64) -> Self {
        Self {
            http: http_status(code),
            code,
            subcode: None,
            title: title(code).to_owned(),
            details: None,
            user: None,
            kind: "OAuthException",
        }
    }

    /// With `error_data.details`.
    pub fn details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }

    /// With another title.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// With a sub code and the texts meant for people, as template errors have.
    pub fn user(mut self, subcode: i64, title: &str, message: impl Into<String>) -> Self {
        self.subcode = Some(subcode);
        self.user = Some(Box::new((title.to_owned(), message.into())));
        self
    }

    /// Code 100 with a text of its own.
    pub fn invalid(text: impl Into<String>) -> Self {
        Self::code(100).title(text)
    }

    /// 131008.
    pub fn missing(details: impl Into<String>) -> Self {
        Self::code(131_008).details(details)
    }

    /// 131009.
    pub fn value(details: impl Into<String>) -> Self {
        Self::code(131_009).details(details)
    }

    /// The object does not exist, or may not be seen.
    pub fn unknown_object(method: &str, id: &str) -> Self {
        let mut error = Self::invalid(format!(
            "Unsupported {} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api",
            method.to_lowercase()
        ));
        error.subcode = Some(33);
        error.kind = "GraphMethodException";
        error
    }

    /// The access token is missing, wrong or expired.
    pub fn token(text: &str) -> Self {
        Self::code(190).title(text)
    }

    /// The answer, with a trace id.
    pub fn reply(&self, trace: &str) -> Reply {
        // Generic Graph errors have no "(#code)" in front.
        let plain = matches!(self.code, 190) || self.subcode == Some(33) || self.title.starts_with("(#");
        let message = if plain { self.title.clone() } else { format!("(#{}) {}", self.code, self.title) };
        let mut error = json!({
            "message": message,
            "type": self.kind,
            "code": self.code,
            "fbtrace_id": trace,
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        if let Some(details) = &self.details {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
        }
        if let Some((title, message)) = self.user.as_deref() {
            error["is_transient"] = false.into();
            error["error_user_title"] = title.as_str().into();
            error["error_user_msg"] = message.as_str().into();
        }
        let reply = Reply::json(self.http, &json!({ "error": error })).with("x-fb-trace-id", trace);
        if self.code == 190 {
            return reply
                .with("www-authenticate", format!("OAuth \"Facebook Platform\" \"invalid_token\" \"{}\"", self.title));
        }
        reply
    }
}

/// One entry of `errors` in a status or message webhook.
pub fn webhook_error(code: i64, details: Option<&str>) -> Value {
    json!({
        "code": code,
        "title": title(code),
        "message": title(code),
        "error_data": {"details": details.unwrap_or_else(|| usual_details(code))},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    })
}

/// Codes that arrive as a `failed` status after the message was accepted.
pub fn is_asynchronous(code: i64) -> bool {
    matches!(code, 130_403 | 130_472 | 131_026 | 131_042 | 131_047 | 131_049 | 131_050 | 131_053)
}

fn http_status(code: i64) -> u16 {
    match code {
        0 | 190 => 401,
        3 | 131_000 | 131_016 | 131_045 | 131_057 | 133_000 | 134_100 | 134_102 => 500,
        2 | 133_004 => 503,
        10 | 200..=299 | 368 | 130_497 | 131_005 | 131_031 => 403,
        132_001 => 404,
        4 | 80_007 | 130_429 | 131_048 | 131_056 => 400,
        _ => 400,
    }
}

/// The title Meta gives a code.
pub fn title(code: i64) -> &'static str {
    match code {
        0 => "AuthException",
        1 => "API Unknown",
        2 => "API Service",
        3 => "API Method",
        4 => "Application request limit reached",
        10 => "Application does not have permission for this action",
        100 => "Invalid parameter",
        190 => "Error validating access token: Session has expired",
        200..=299 => "API Permission",
        368 => "Temporarily blocked for policies violations",
        80_007 => "Rate limit issues",
        130_403 => "Message was not sent because the business blocked this user",
        130_429 => "Rate limit hit",
        130_472 => "User's number is part of an experiment",
        130_497 => "Business account is restricted from messaging users in this country",
        131_000 => "Something went wrong",
        131_005 => "Access denied",
        131_008 => "Required parameter is missing",
        131_009 => "Parameter value is not valid",
        131_016 => "Service unavailable",
        131_021 => "Recipient cannot be sender",
        131_026 => "Message undeliverable",
        131_030 => "Recipient phone number not in allowed list",
        131_031 => "Account has been locked",
        131_037 => "WhatsApp provided number needs display name approval",
        131_042 => "Business eligibility payment issue",
        131_045 => "Incorrect certificate",
        131_047 => "Re-engagement message",
        131_048 => "Spam rate limit hit",
        131_049 => "This message was not delivered to maintain healthy ecosystem engagement.",
        131_050 => "User has stopped receiving marketing messages from this business",
        131_051 => "Unsupported message type",
        131_052 => "Media download error",
        131_053 => "Media upload error",
        131_056 => "(Business Account, Consumer Account) pair rate limit hit",
        131_057 => "Account in maintenance mode",
        131_059 => "Invalid paging cursor",
        131_062 => "Business-scoped user id cannot be used for this message",
        132_000 => "Number of parameters does not match the expected number of params",
        132_001 => "Template name does not exist in the translation",
        132_005 => "Translated text too long",
        132_007 => "Template content policy violated",
        132_012 => "Parameter format does not match format in the created template",
        132_015 => "Template is paused",
        132_016 => "Template is disabled",
        132_018 => "There was an issue with the parameters in your template",
        132_068 => "Flow is in blocked state",
        132_069 => "Flow is in throttled state",
        133_005 => "Two step verification PIN Mismatch",
        133_006 => "Phone number re-verification needed",
        133_010 => "Phone number not registered",
        133_016 => "Too many attempts",
        135_000 => "Generic user error",
        139_100 => "Failed to block/unblock users",
        _ => "Something went wrong",
    }
}

fn usual_details(code: i64) -> &'static str {
    match code {
        130_403 => "The business has blocked this user.",
        130_472 => "User's number is part of an experiment",
        131_026 => "Message Undeliverable.",
        131_042 => "Message failed to send because there were one or more errors related to your payment method.",
        131_047 => {
            "Message failed to send because more than 24 hours have passed since the customer last replied to this number."
        }
        131_049 => "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
        131_050 => "User has stopped receiving marketing messages from this business.",
        131_053 => "Media file could not be uploaded or fetched.",
        132_015 => "Template is paused.",
        _ => "Something went wrong.",
    }
}
