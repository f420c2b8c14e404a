//! What a gateway tells about its number and templates. Both are optional: 404 and 501 mean "not here".

use super::send::{get, read_error};
use crate::http::{Request, Response, percent};
use crate::provider::shape::text;
use crate::provider::{Provider, TemplatePage};
use crate::whatsapp::api::{ApiError, integer};
use crate::whatsapp::numbers::PhoneNumber;
use crate::whatsapp::templates::template;
use rapport_core::time::Ms;
use serde_json::Value;

fn absent(response: &Response) -> bool {
    matches!(response.status, 404 | 405 | 501)
}

fn read(response: &Response) -> Result<Value, ApiError> {
    if !response.ok() {
        return Err(read_error(response));
    }
    serde_json::from_slice(&response.body).map_err(|_| ApiError::odd(response, "not JSON"))
}

/// `GET {base}/number?id=`.
pub(crate) fn number(provider: &Provider, at: Ms) -> Request {
    let url = format!("{}/number?id={}", provider.base_url, percent(&provider.number_id));
    get(provider, "number", url, at)
}

/// `{"display_phone","name","status","quality","daily_limit"}`, all optional.
pub(crate) fn read_number(response: &Response, number_id: &str) -> Result<PhoneNumber, ApiError> {
    let bare = PhoneNumber::bare(number_id);
    if absent(response) {
        return Ok(bare);
    }
    let body = read(response)?;
    Ok(PhoneNumber {
        display_phone: text(&body, "/display_phone").unwrap_or_default().to_owned(),
        verified_name: text(&body, "/name").map(str::to_owned),
        status: text(&body, "/status").unwrap_or_default().to_uppercase(),
        quality: text(&body, "/quality").unwrap_or("UNKNOWN").to_uppercase(),
        daily_limit: integer(&body["daily_limit"]).filter(|limit| *limit > 0),
        ..bare
    })
}

/// `GET {base}/templates?after=`.
pub(crate) fn templates(provider: &Provider, after: Option<&str>, at: Ms) -> Request {
    let query = after.map(|after| format!("?after={}", percent(after))).unwrap_or_default();
    get(provider, "templates", format!("{}/templates{query}", provider.base_url), at)
}

/// `{"items":[{id,name,language,category,status,components,..}],"next":null}`.
pub(crate) fn read_templates(response: &Response) -> Result<TemplatePage, ApiError> {
    if absent(response) {
        return Ok(TemplatePage { items: Vec::new(), next: None });
    }
    let body = read(response)?;
    let rows = body["items"].as_array().ok_or_else(|| ApiError::odd(response, "no items"))?;
    let next = text(&body, "/next").map(str::to_owned);
    Ok(TemplatePage { items: rows.iter().filter_map(template).collect(), next })
}
