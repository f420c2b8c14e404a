//! Twilio's errors, and what WhatsApp's errors become there (whatsapp-cloud-api.md §16).

use crate::reply::Reply;
use serde_json::json;

/// An error of Twilio's API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwilioError {
    /// HTTP status.
    pub http: u16,
    /// Twilio's code.
    pub code: i64,
    /// What it says.
    pub message: String,
}

/// What handlers return.
pub type Result<T> = std::result::Result<T, TwilioError>;

impl TwilioError {
    /// An error with HTTP 400.
    pub fn bad(code: i64, message: impl Into<String>) -> Self {
        Self { http: 400, code, message: message.into() }
    }

    /// Nothing has that address.
    pub fn not_found(path: &str) -> Self {
        Self { http: 404, code: 20_404, message: format!("The requested resource {path} was not found") }
    }

    /// User name or password is wrong.
    pub fn unauthorized() -> Self {
        Self { http: 401, code: 20_003, message: "Authenticate".into() }
    }

    /// What a call is refused with when the Graph API would refuse it with that code.
    pub fn refused(code: i64, status: Option<u16>) -> Self {
        let (http, own, message) = match (code, status) {
            (_, Some(429)) | (4 | 80_007 | 130_429, _) => (429, 20_429, "Too Many Requests"),
            (0 | 190, _) => (401, 20_003, "Authenticate"),
            (3 | 10 | 200..=299 | 131_005, _) => (403, 20_403, "Forbidden"),
            (2 | 131_016 | 133_004, _) => (503, 20_503, "Service is unavailable. Please try again"),
            (1 | 131_000 | 131_057, _) => (500, 20_500, "An internal server error has occurred"),
            (code, _) => (400, of_meta(code), text(of_meta(code))),
        };
        Self { http: status.unwrap_or(http), code: own, message: message.to_owned() }
    }

    /// The answer.
    pub fn reply(&self) -> Reply {
        let reply = Reply::json(
            self.http,
            &json!({
                "code": self.code,
                "message": self.message,
                "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
                "status": self.http,
            }),
        );
        if self.http == 401 { reply.with("www-authenticate", "Basic realm=\"Twilio API\"") } else { reply }
    }
}

/// Twilio's code for a code of WhatsApp's.
pub fn of_meta(code: i64) -> i64 {
    match code {
        131_047 => 63_016,
        4 | 80_007 | 130_429 | 131_048 | 131_056 => 63_018,
        131_052 | 131_053 => 63_019,
        368 | 131_031 => 63_020,
        100 | 131_008 | 131_009 | 132_018 => 63_021,
        131_021 => 63_031,
        130_403 | 131_026 | 131_030 => 63_024,
        132_001 => 63_027,
        132_000 => 63_028,
        132_005 => 63_029,
        131_051 | 132_012 => 63_030,
        130_472 => 63_032,
        130_497 => 63_013,
        132_015 => 63_041,
        132_016 => 63_042,
        131_049 => 63_049,
        131_050 => 63_050,
        _ => 63_012,
    }
}

/// Codes that are the recipient's doing: the message is `undelivered`, others are `failed`.
pub fn is_recipient(code: i64) -> bool {
    matches!(code, 63_024 | 63_032 | 63_049 | 63_050)
}

/// What a code means.
pub fn text(code: i64) -> &'static str {
    match code {
        63_012 => "Channel provider returned an internal service error",
        63_013 => "This message send failed because it violates Channel provider's policy",
        63_016 => {
            "Failed to send freeform message because you are outside the allowed window. If you are using WhatsApp, please use a Message Template."
        }
        63_018 => "Rate limit exceeded for Channel",
        63_019 => "Media failed to download",
        63_020 => "Twilio encountered a Business Manager account error",
        63_021 => "Channel invalid content error",
        63_024 => "Invalid message recipient",
        63_027 => "Template does not exist for a language and locale",
        63_028 => "Number of parameters provided does not match the expected number of parameters",
        63_029 => "The receiver failed to download the template",
        63_030 => "Unsupported parameter for type of channels message",
        63_031 => "Channels message cannot have same From and To",
        63_032 => "We cannot send this message to this user because of a WhatsApp limitation",
        63_041 => "Template is paused",
        63_042 => "Template is disabled",
        63_049 => "Meta chose not to deliver this WhatsApp marketing message",
        63_050 => "The user has stopped marketing messages from this business",
        _ => "Twilio encountered an error while processing your request",
    }
}
