//! Registering a number with the Cloud API and proving that it is ours (§12).

use super::api::{Api, Invalid};
use crate::http::{Method, Request};
use serde_json::json;

/// How a code is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeMethod {
    /// By text message.
    Sms,
    /// By a call.
    Voice,
}

impl CodeMethod {
    fn word(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Voice => "VOICE",
        }
    }
}

fn digits(field: &str, text: &str) -> Result<(), Invalid> {
    if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    // The value is a secret: only what is wrong with it is told.
    let count = text.chars().count();
    let found = if count == 6 { "something other than digits".to_owned() } else { format!("{count} characters") };
    Err(Invalid::new(field, "six digits, 0 to 9", found))
}

/// Registers the number; `pin` becomes its PIN, or must be it when there is one. Answered with
/// [`super::api::read_success`], as are the others here.
///
/// # Errors
/// [`Invalid`] when the PIN is not 6 digits.
pub fn register(api: &Api, phone_number_id: &str, pin: &str) -> Result<Request, Invalid> {
    digits("pin", pin)?;
    let body = json!({ "messaging_product": "whatsapp", "pin": pin });
    Ok(api.call("register", Method::Post, &[phone_number_id, "register"], &[]).with_json(&body))
}

/// Takes the number out of the Cloud API.
#[must_use]
pub fn deregister(api: &Api, phone_number_id: &str) -> Request {
    let body = json!({ "messaging_product": "whatsapp" });
    api.call("deregister", Method::Post, &[phone_number_id, "deregister"], &[]).with_json(&body)
}

/// Asks for a code that proves the number; `language` with underscore, such as `en_US`.
///
/// # Errors
/// [`Invalid`] when the language is no locale.
pub fn request_code(api: &Api, phone_number_id: &str, method: CodeMethod, language: &str) -> Result<Request, Invalid> {
    let good =
        (2..=7).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if !good {
        return Err(Invalid::new("language", "a locale such as en_US or ar", language));
    }
    let body = json!({ "code_method": method.word(), "language": language });
    Ok(api.call("request_code", Method::Post, &[phone_number_id, "request_code"], &[]).with_json(&body))
}

/// Proves the number with the code that came.
///
/// # Errors
/// [`Invalid`] when the code is not 6 digits.
pub fn verify_code(api: &Api, phone_number_id: &str, code: &str) -> Result<Request, Invalid> {
    digits("code", code)?;
    let body = json!({ "code": code });
    Ok(api.call("verify_code", Method::Post, &[phone_number_id, "verify_code"], &[]).with_json(&body))
}
