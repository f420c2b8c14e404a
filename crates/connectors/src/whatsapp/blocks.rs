//! Blocking customers (§12).

use super::api::{Api, ApiError, read, read_error};
use crate::http::{Method, Request, Response};
use serde_json::json;

/// Blocks (or unblocks) a customer on a number. `user` is a WhatsApp id, a phone number or a business-scoped user id.
#[must_use]
pub fn set(api: &Api, phone_number_id: &str, user: &str, blocked: bool) -> Request {
    let (operation, method) = if blocked { ("block", Method::Post) } else { ("unblock", Method::Delete) };
    // A business-scoped id begins with a country and a point: US.1349...
    let entry = if user.contains('.') { json!({ "user_id": user }) } else { json!({ "user": user }) };
    let body = json!({ "messaging_product": "whatsapp", "block_users": [entry] });
    api.call(operation, method, &[phone_number_id, "block_users"], &[]).with_json(&body)
}

/// Reads the answer to [`set`].
///
/// # Errors
/// [`ApiError`] when refused; its text is the reason given for the customer.
pub fn read_set(response: &Response) -> Result<(), ApiError> {
    if response.ok() {
        return read(response).map(|_| ());
    }
    let mut error = read_error(response);
    // The answer's own error only says that something failed; why stands beside the user.
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let reason = &body["block_users"]["failed_users"][0]["errors"][0];
    if reason.is_object() {
        error.detail = super::api::detail(reason, response.status);
    }
    Err(error)
}
