//! Short links and QR codes that begin a chat with a text already written (§12).

use super::api::{Api, ApiError, Invalid, integer, next_cursor, read, string};
use crate::http::{Method, Request, Response};
use serde_json::{Value, json};

/// Most characters of the text.
pub const TEXT_MAX: usize = 140;

/// A short link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrCode {
    /// Its code, 14 characters.
    pub code: String,
    /// The text that stands ready.
    pub text: String,
    /// The link, `https://wa.me/message/CODE`.
    pub link: String,
}

/// Asks for a page of the number's links; `after` is the cursor of the page before.
#[must_use]
pub fn list(api: &Api, phone_number_id: &str, after: Option<&str>) -> Request {
    let mut query = vec![("limit", "100")];
    query.extend(after.map(|after| ("after", after)));
    api.get("qr_codes", &[phone_number_id, "message_qrdls"], &query)
}

/// Reads the answer to [`list`]: the links and the cursor of the next page.
///
/// # Errors
/// [`ApiError`] when refused.
pub fn read_list(response: &Response) -> Result<(Vec<QrCode>, Option<String>), ApiError> {
    let body = read(response)?;
    let rows = body["data"].as_array().ok_or_else(|| ApiError::odd(response, "no data"))?;
    Ok((rows.iter().filter_map(qr_code).collect(), next_cursor(&body)))
}

/// Makes a link, or gives the one with this code another text.
///
/// # Errors
/// [`Invalid`] when the text is too short or too long.
pub fn save(api: &Api, phone_number_id: &str, code: Option<&str>, text: &str) -> Result<Request, Invalid> {
    let count = text.chars().count();
    if !(1..=TEXT_MAX).contains(&count) {
        return Err(Invalid::new("text", format!("1 to {TEXT_MAX} characters"), format!("{count} characters")));
    }
    let mut body = json!({ "prefilled_message": text });
    match code {
        Some(code) => body["code"] = code.into(),
        // The picture is only told when it is asked for; we draw it ourselves from the link.
        None => body["generate_qr_image"] = "SVG".into(),
    }
    Ok(api.call("qr_code_save", Method::Post, &[phone_number_id, "message_qrdls"], &[]).with_json(&body))
}

/// Reads the answer to [`save`].
///
/// # Errors
/// [`ApiError`] when refused.
pub fn read_saved(response: &Response) -> Result<QrCode, ApiError> {
    qr_code(&read(response)?).ok_or_else(|| ApiError::odd(response, "no link"))
}

/// Removes a link: what is printed leads nowhere from then on. Answered with [`super::api::read_success`].
#[must_use]
pub fn delete(api: &Api, phone_number_id: &str, code: &str) -> Request {
    api.call("qr_code_delete", Method::Delete, &[phone_number_id, "message_qrdls", code], &[])
}

/// Whether the answer to [`save`] or [`delete`] says that there is no link with this code.
#[must_use]
pub fn is_unknown(response: &Response) -> bool {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    // "Object with ID '..' does not exist" (§1).
    let missing = integer(&body["error"]["code"]) == Some(100) && integer(&body["error"]["error_subcode"]) == Some(33);
    !response.ok() && (response.status == 404 || missing)
}

fn qr_code(row: &Value) -> Option<QrCode> {
    let code = string(&row["code"])?;
    let link = string(&row["deep_link_url"]).unwrap_or_else(|| format!("https://wa.me/message/{code}"));
    Some(QrCode { link, text: string(&row["prefilled_message"]).unwrap_or_default(), code })
}
