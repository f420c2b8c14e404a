//! 360dialog: Meta's bodies without version and number, behind a key per number (`whatsapp-cloud-api.md` §16).

use super::delivery::{DOWNLOAD_TIMEOUT, Delivery, same_origin};
use crate::http::{Method, Request, Response};
use crate::secret::Secret;
use crate::sign;
use crate::whatsapp::api::{self, Api, ApiError, Invalid};
use crate::whatsapp::media;
use crate::whatsapp::numbers::PhoneNumber;
use crate::whatsapp::outcome::{SendOutcome, accepted, settled};
use crate::whatsapp::signature::SignatureError;
use crate::whatsapp::templates::{Created, NewTemplate, Refusal, Template, TemplatePage, template};
use serde_json::{Value, json};

/// The header that carries the secret we configured; [`point`] sets it.
pub(super) const SECRET_HEADER: &str = "x-rapport-secret";
/// Where Meta keeps files; 360dialog fetches them through its own host.
const META_FILES: &str = "https://lookaside.fbsbx.com";
/// Templates a page.
const PAGE: usize = 100;

/// The configured secret in a header (ours, or `Authorization: Bearer`), or 360dialog's own signature made with it.
pub(super) fn verify(secrets: &[&str], delivery: &Delivery<'_>) -> Result<(), SignatureError> {
    let secrets: Vec<&str> = secrets.iter().copied().filter(|secret| !secret.is_empty()).collect();
    let bearer = || delivery.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let given = delivery.header(SECRET_HEADER).or_else(bearer).map(str::trim);
    let signature = delivery.header("x-360dialog-signature");
    if given.is_none() && signature.is_none() {
        return Err(SignatureError::Missing);
    }
    if secrets.is_empty() {
        return Err(SignatureError::NoSecret);
    }
    let mut fits = given.is_none();
    for secret in &secrets {
        fits |= given.is_some_and(|given| sign::same(given.as_bytes(), secret.as_bytes()));
    }
    if !fits {
        return Err(SignatureError::Mismatch);
    }
    // Where it signs too, the signature must fit as well.
    let Some(signature) = signature else { return Ok(()) };
    let digits = signature.trim().strip_prefix("sha256=").unwrap_or(signature.trim());
    let mut sum = [0_u8; 32];
    if hex::decode_to_slice(digits, &mut sum).is_err() {
        // Signed in a way we do not know; the secret header alone proves it.
        return if given.is_some() { Ok(()) } else { Err(SignatureError::Malformed) };
    }
    let mut matched = false;
    for secret in &secrets {
        matched |= sign::same(&sign::hmac_sha256(secret.as_bytes(), &[delivery.raw]), &sum);
    }
    if matched { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// Reads the answer to a send; errors are Meta's or 360dialog's own.
pub(super) fn read_send(response: &Response) -> SendOutcome {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    accepted(response, &body).unwrap_or_else(|| settled(&read_error(response)))
}

/// Meta's error, or `{"meta":{"developer_message":..}}` with the class of the status.
pub(super) fn read_error(response: &Response) -> ApiError {
    let mut error = api::read_error(response);
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let told = ["/meta/developer_message", "/detail", "/message"].iter().find_map(|path| body.pointer(path)?.as_str());
    if let (-1, Some(told)) = (error.code, told) {
        error.detail = told.chars().take(500).collect();
    }
    error
}

/// Fetches a file: through 360dialog's host, with its key.
pub(super) fn download(provider: &super::Provider, api: &Api, url: &str) -> Result<Request, Invalid> {
    let base = &provider.base_url;
    let own = url.strip_prefix(META_FILES).map(|rest| format!("{base}{rest}"));
    let url = own.unwrap_or_else(|| url.to_owned());
    if !same_origin(&url, base) {
        return media::download(api, &url);
    }
    let request = Request::new("dialog360", "media_download", Method::Get, url);
    Ok(api.authorised(request).with_timeout(DOWNLOAD_TIMEOUT))
}

/// `after` is the number of templates read so far.
pub(super) fn templates(api: &Api, after: Option<&str>) -> Request {
    let limit = PAGE.to_string();
    let query = [("limit", limit.as_str()), ("offset", after.unwrap_or("0"))];
    api.get("templates", &["v1", "configs", "templates"], &query)
}

/// `{"waba_templates":[..],"offset":0,"total":3}`; ids are missing at times, name and language are not.
pub(super) fn read_templates(response: &Response) -> Result<TemplatePage, ApiError> {
    if !response.ok() {
        return Err(read_error(response));
    }
    let body = api::read(response)?;
    let rows = body["waba_templates"].as_array().ok_or_else(|| ApiError::odd(response, "no waba_templates"))?;
    let items = rows.iter().filter_map(|row| {
        let mut row = row.clone();
        if api::string(&row["id"]).is_none() {
            let other = api::string(&row["external_id"]);
            let named = || Some(format!("{}/{}", row["name"].as_str()?, row["language"].as_str()?));
            row["id"] = other.or_else(named)?.into();
        }
        template(&row).map(|found| Template { status: in_metas_words(&found.status), ..found })
    });
    let read = api::integer(&body["offset"]).unwrap_or(0) + i64::try_from(rows.len()).unwrap_or(0);
    let more = !rows.is_empty() && api::integer(&body["total"]).is_some_and(|total| read < total);
    Ok(TemplatePage { items: items.collect(), next: more.then(|| read.to_string()) })
}

/// What is under way has words of its own here.
fn in_metas_words(status: &str) -> String {
    match status.to_ascii_uppercase().as_str() {
        "SUBMITTED" | "CREATED" => "PENDING".to_owned(),
        other => other.to_owned(),
    }
}

/// Submits a template for review: Meta's components, without the account, which the key stands for.
pub(super) fn create_template(api: &Api, new: &NewTemplate<'_>) -> Request {
    let mut body = json!({
        "name": new.name,
        "language": new.language,
        "category": new.category,
        "components": new.components,
    });
    if new.parameter_format.eq_ignore_ascii_case("NAMED") {
        body["parameter_format"] = new.parameter_format.into();
    }
    if let Some(seconds) = new.ttl_seconds {
        body["message_send_ttl_seconds"] = seconds.into();
    }
    api.call("template_create", Method::Post, &["v1", "configs", "templates"], &[]).with_json(&body)
}

/// The template as it will be listed; its id is missing at times, name and language are not.
pub(super) fn read_created(response: &Response) -> Result<Created, Refusal> {
    let body = read(response)?;
    let named = || Some(format!("{}/{}", body["name"].as_str()?, body["language"].as_str()?));
    let id = api::string(&body["id"]).or_else(|| api::string(&body["external_id"])).or_else(named);
    let word = |key: &str| api::string(&body[key]).map(|word| word.to_uppercase());
    Ok(Created {
        id: id.ok_or_else(|| Refusal::of(response, ApiError::odd(response, "no template")))?,
        status: word("status").map_or_else(|| "PENDING".to_owned(), |status| in_metas_words(&status)),
        category: word("category"),
    })
}

/// Deletes a template in all its languages: there is no other way here.
pub(super) fn delete_template(api: &Api, name: &str) -> Request {
    api.call("template_delete", Method::Delete, &["v1", "configs", "templates", name], &[])
}

/// Any 2xx is a deletion, whatever it says.
pub(super) fn read_deleted(response: &Response) -> Result<(), Refusal> {
    if response.ok() {
        return Ok(());
    }
    match Refusal::of(response, read_error(response)) {
        // 360dialog's own word for it has no code of Meta's.
        refusal if response.status == 404 && refusal.code == "template_refused" => {
            Err(Refusal { code: "template_gone", ..refusal })
        }
        refusal => Err(refusal),
    }
}

fn read(response: &Response) -> Result<Value, Refusal> {
    if !response.ok() {
        return Err(Refusal::of(response, read_error(response)));
    }
    api::read(response).map_err(|error| Refusal::of(response, error))
}

/// Asks how the number is.
pub(super) fn health(api: &Api) -> Request {
    api.get("number", &["health_status"], &[])
}

/// `AVAILABLE` is what Meta's number status calls `CONNECTED`.
pub(super) fn read_health(response: &Response, number_id: &str) -> Result<PhoneNumber, ApiError> {
    if !response.ok() {
        return Err(read_error(response));
    }
    let body = api::read(response)?;
    let health = &body["health_status"];
    let entities = health["entities"].as_array().map(Vec::as_slice).unwrap_or_default();
    let number = entities.iter().find(|entity| entity["entity_type"] == "PHONE_NUMBER");
    let word = number.and_then(|entity| entity["can_send_message"].as_str());
    let word = word.or_else(|| health["can_send_message"].as_str());
    let word = word.ok_or_else(|| ApiError::odd(response, "no health_status"))?;
    let status = if word == "AVAILABLE" { "CONNECTED" } else { word };
    let id = number.and_then(|entity| api::string(&entity["id"])).unwrap_or_else(|| number_id.to_owned());
    Ok(PhoneNumber { status: status.to_owned(), ..PhoneNumber::bare(&id) })
}

/// Sets where the number's events go, with our secret in a header.
pub(super) fn point(api: &Api, hook_url: &str, secret: &Secret) -> Request {
    let body = json!({"url": hook_url, "headers": {SECRET_HEADER: secret.expose()}});
    api.call("point_webhook", Method::Post, &["v1", "configs", "webhook"], &[]).with_json(&body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whatsapp::RetryClass;

    #[test]
    fn own_errors_are_read() {
        let body = r#"{"meta":{"success":false,"http_code":401,"developer_message":"Invalid api key"}}"#;
        let error = read_error(&Response::new(401, &[], body));
        assert_eq!((error.class, error.detail.as_str()), (RetryClass::PauseChannel, "Invalid api key"));
    }
}
