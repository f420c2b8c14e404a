//! Bird, once MessageBird: the Channels API (`whatsapp-cloud-api.md` §16). Our callback text travels in `reference`.

use super::Provider;
use super::delivery::{DOWNLOAD_TIMEOUT, Delivery, below, plain_download, same_origin};
use super::error_table::code_of;
use super::shape::{self, Item, Person, digits, put, text};
use crate::http::{Method, Request, Response, limits, percent};
use crate::json;
use crate::sign;
use crate::whatsapp::api::{ApiError, Invalid, integer, string};
use crate::whatsapp::numbers::PhoneNumber;
use crate::whatsapp::outcome::{SendOutcome, settled};
use crate::whatsapp::send::{Outbound, SEND_TIMEOUT, To};
use crate::whatsapp::signature::SignatureError;
use crate::whatsapp::{BadBody, RetryClass, Split, meaning};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rapport_core::message::{Content, Media, MediaKind, check};
use serde_json::{Map, Value, json};

/// base64 of HMAC-SHA256 over timestamp, address and the body's hash. Old stamps are believed: Bird repeats a delivery
/// for hours with its first stamp, and a repeated event changes nothing.
pub(super) fn verify(secrets: &[&str], hook_url: &str, delivery: &Delivery<'_>) -> Result<(), SignatureError> {
    let given = delivery.header("messagebird-signature").ok_or(SignatureError::Missing)?;
    let stamp = delivery.header("messagebird-request-timestamp").ok_or(SignatureError::Missing)?;
    let given = STANDARD.decode(given.trim()).map_err(|_| SignatureError::Malformed)?;
    if secrets.iter().all(|secret| secret.is_empty()) {
        return Err(SignatureError::NoSecret);
    }
    let (url, hash) = (delivery.url(hook_url), sign::sha256(delivery.raw));
    let parts: [&[u8]; 5] = [stamp.trim().as_bytes(), b"\n", url.as_bytes(), b"\n", &hash];
    let mut matched = false;
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        matched |= sign::same(&sign::hmac_sha256(secret.as_bytes(), &parts), &given);
    }
    if matched { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// `{"service":"channels","event":"whatsapp.inbound","payload":{..}}`.
pub(super) fn split(provider: &Provider, raw: &[u8]) -> Result<Split, BadBody> {
    let body = json::check(raw)?;
    let body: Value = serde_json::from_str(&body).map_err(|error| BadBody::NotJson(error.to_string()))?;
    if !body.is_object() {
        return Err(BadBody::NotJson("not an object".to_owned()));
    }
    let payload = if body["payload"].is_object() { &body["payload"] } else { &body["message"] };
    let event = text(&body, "/event").unwrap_or_default();
    let entry = match text(payload, "/id") {
        Some(id) if event.ends_with(".inbound") => inbound(provider, payload, id),
        Some(id) if event.ends_with(".outbound") => outbound_status(provider, payload, id),
        _ => shape::entry(&provider.account_id, "bird", body.clone()),
    };
    shape::split_entries(vec![entry])
}

fn person(contact: &Value) -> Person {
    let value = text(contact, "/identifierValue");
    let is_number = text(contact, "/identifierKey").is_none_or(|key| key == "phonenumber");
    let name = text(contact, "/annotations/name").map(str::to_owned);
    Person {
        wa_id: value.filter(|_| is_number).and_then(digits),
        user_id: value.filter(|_| !is_number).map(str::to_owned),
        name,
        username: None,
    }
}

/// Seconds since 1970 of an RFC 3339 moment or of a number in a string.
fn moment(payload: &Value, paths: &[&str]) -> Option<String> {
    paths.iter().find_map(|path| {
        let text = text(payload, path)?;
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(text.to_owned());
        }
        let at: jiff::Timestamp = text.parse().ok()?;
        Some(at.as_second().to_string())
    })
}

fn inbound(provider: &Provider, payload: &Value, id: &str) -> Value {
    let number = text(payload, "/channelId").unwrap_or(&provider.number_id).to_owned();
    let display = text(payload, "/receiver/connector/identifierValue").unwrap_or_default();
    let at = moment(payload, &["/meta/extraInformation/timestamp", "/createdAt"]);
    let items = contents(&payload["body"])
        .into_iter()
        .enumerate()
        .map(|(nth, (kind, object))| {
            let mut message = Map::new();
            let id = if nth == 0 { id.to_owned() } else { format!("{id}/{nth}") };
            message.insert("id".to_owned(), id.into());
            put(&mut message, "timestamp", at.as_deref());
            message.insert("type".to_owned(), kind.into());
            message.insert(kind.to_owned(), object);
            if let Some(quoted) = text(payload, "/replyTo/id") {
                message.insert("context".to_owned(), json!({"id": quoted}));
            }
            Item::Message(message)
        })
        .collect();
    shape::change(&provider.account_id, &number, display, &person(&payload["sender"]["contact"]), items)
}

/// What a message says: several when it has several files.
fn contents(body: &Value) -> Vec<(&'static str, Value)> {
    let kind = text(body, "/type").unwrap_or_default();
    let inner = &body[kind];
    let read = match kind {
        "text" => vec![spoken(inner)],
        "image" => files(inner, "images", "image/jpeg"),
        "file" => files(inner, "files", "application/octet-stream"),
        "location" => place(inner).into_iter().collect(),
        _ => Vec::new(),
    };
    if !read.is_empty() {
        return read;
    }
    let kind = if kind.is_empty() { "unknown" } else { kind };
    vec![("unsupported", json!({"type": kind}))]
}

/// A text, or the tap on a button, which comes as a text with the action it was.
fn spoken(inner: &Value) -> (&'static str, Value) {
    let words = text(inner, "/text").unwrap_or_default();
    match text(inner, "/actions/0/postback/payload") {
        Some(payload) => {
            let title = text(inner, "/actions/0/postback/text").unwrap_or(words);
            ("button", json!({"payload": payload, "text": title}))
        }
        None => ("text", json!({"body": words})),
    }
}

fn files(inner: &Value, list: &str, usual: &str) -> Vec<(&'static str, Value)> {
    let caption = text(inner, "/text");
    let list = inner[list].as_array().map(Vec::as_slice).unwrap_or_default();
    let one = |(at, file): (usize, &Value)| {
        let url = text(file, "/mediaUrl")?;
        let mime = text(file, "/contentType").unwrap_or(usual);
        Some(shape::file(mime, url, text(file, "/filename"), caption.filter(|_| at == 0)))
    };
    list.iter().take(10).enumerate().filter_map(one).collect()
}

fn place(inner: &Value) -> Option<(&'static str, Value)> {
    let at = &inner["coordinates"];
    let (latitude, longitude) = (at["latitude"].as_f64()?, at["longitude"].as_f64()?);
    let mut place = Map::new();
    place.insert("latitude".to_owned(), latitude.into());
    place.insert("longitude".to_owned(), longitude.into());
    put(&mut place, "name", text(inner, "/location/label").or_else(|| text(inner, "/label")));
    put(&mut place, "address", text(inner, "/location/address").or_else(|| text(inner, "/address")));
    Some(("location", place.into()))
}

/// Its life-cycle words, as far as a message moves on by them.
fn outbound_status(provider: &Provider, payload: &Value, id: &str) -> Value {
    let number = text(payload, "/channelId").unwrap_or(&provider.number_id).to_owned();
    let told = text(payload, "/status").unwrap_or_default();
    let word = match told {
        "sending_failed" | "delivery_failed" | "rejected" | "skipped" => "failed",
        "read" | "opened" => "read",
        other => other,
    };
    let mut status = Map::new();
    put(&mut status, "id", Some(id));
    put(&mut status, "status", Some(word));
    put(&mut status, "timestamp", moment(payload, &["/lastStatusAt", "/updatedAt"]).as_deref());
    put(&mut status, "biz_opaque_callback_data", text(payload, "/reference"));
    if word == "failed" {
        let words = text(payload, "/failure/description").or_else(|| text(payload, "/reason")).unwrap_or(told);
        // The platform's own code, where Bird passes it on.
        let code =
            ["/failure/source/code", "/failure/code"].iter().find_map(|path| payload.pointer(path).and_then(integer));
        let code = code.filter(|code| meaning(*code).code > 0).unwrap_or_else(|| guess(words));
        status.insert("errors".to_owned(), json!([{"code": code, "title": words}]));
    }
    let person = person(&payload["receiver"]["contacts"][0]);
    shape::change(&provider.account_id, &number, "", &person, vec![Item::Status(status)])
}

/// A reason in words, where the code says nothing to us.
fn guess(words: &str) -> i64 {
    const SIGNS: [(&str, &str); 5] = [
        ("24 hours", "window_closed"),
        ("re-engagement", "window_closed"),
        ("undeliverable", "unreachable"),
        ("not a valid whatsapp", "unreachable"),
        ("rate limit", "rate_limited"),
    ];
    let lower = words.to_lowercase();
    let known = SIGNS.iter().find(|(sign, _)| lower.contains(sign)).and_then(|(_, word)| code_of(word));
    // A number no table has: the provider's own words are shown.
    known.unwrap_or(999_999)
}

fn of_channel(provider: &Provider, rest: &str) -> String {
    let (workspace, channel) = (percent(&provider.account_id), percent(&provider.number_id));
    format!("{}/workspaces/{workspace}/channels/{channel}{rest}", provider.base_url)
}

fn call(provider: &Provider, operation: &'static str, method: Method, url: String) -> Request {
    let mut request = Request::new("bird", operation, method, url);
    request.headers.push(("authorization", format!("AccessKey {}", provider.token.expose())));
    request
}

/// The call that sends a message. Which kinds there are was asked before (`Kind::carries`).
pub(super) fn message(provider: &Provider, outbound: &Outbound<'_>) -> Result<Request, Invalid> {
    if let Some(problem) = check::content(outbound.content).into_iter().next() {
        return Err(Invalid::new(&problem.field, problem.allowed(), problem.found()));
    }
    let To::Phone(number) = outbound.to else {
        return Err(Invalid::new("to", "a phone number at Bird", "a user id or group"));
    };
    let digits = digits(number).filter(|digits| (7..=15).contains(&digits.len()));
    let digits = digits.ok_or_else(|| Invalid::new("to", "a phone number of 7 to 15 digits", "something else"))?;
    let contact = json!({"identifierKey": "phonenumber", "identifierValue": format!("+{digits}")});
    let mut body = json!({"receiver": {"contacts": [contact]}, "body": said(outbound.content)?});
    if let Some(quoted) = outbound.reply_to {
        body["replyTo"] = json!({"id": quoted, "type": "message"});
    }
    if let Some(callback) = outbound.callback {
        body["reference"] = callback.into();
    }
    let url = of_channel(provider, "/messages");
    Ok(call(provider, "send", Method::Post, url).with_json(&body).with_timeout(SEND_TIMEOUT))
}

fn said(content: &Content) -> Result<Value, Invalid> {
    Ok(match content {
        Content::Text { body, .. } => json!({"type": "text", "text": {"text": body}}),
        Content::Media(media) => attached(media)?,
        Content::Location { latitude, longitude, name, address, .. } => {
            let mut place = Map::new();
            put(&mut place, "label", name.as_deref());
            put(&mut place, "address", address.as_deref());
            let at = json!({"latitude": latitude, "longitude": longitude});
            json!({"type": "location", "location": {"coordinates": at, "location": place}})
        }
        Content::Interactive { kind, header, body, footer, action } => {
            buttons(kind, header.as_ref(), body, footer, action)?
        }
        other => return Err(Invalid::new("type", "a kind that Bird carries", other.kind())),
    })
}

fn attached(media: &Media) -> Result<Value, Invalid> {
    let link = media.provider_media_id.as_deref().filter(|link| link.starts_with("http"));
    let link = link.ok_or_else(|| Invalid::new("media", "a public link to the file", "missing"))?;
    let mut file = Map::new();
    put(&mut file, "mediaUrl", Some(link));
    let (kind, list) = match media.kind {
        MediaKind::Image | MediaKind::Sticker => ("image", "images"),
        MediaKind::Video | MediaKind::Audio | MediaKind::Voice | MediaKind::Document => {
            put(&mut file, "contentType", Some(media.mime.as_deref().unwrap_or("application/octet-stream")));
            put(&mut file, "filename", media.filename.as_deref());
            ("file", "files")
        }
    };
    let mut object = Map::new();
    object.insert(list.to_owned(), json!([file]));
    put(&mut object, "text", media.caption.as_deref());
    Ok(json!({"type": kind, kind: object}))
}

/// Reply buttons and links stand as actions under a text.
fn buttons(
    kind: &str,
    header: Option<&Value>,
    body: &Option<String>,
    footer: &Option<String>,
    action: &Value,
) -> Result<Value, Invalid> {
    let header = match header.filter(|header| !header.is_null()) {
        None => None,
        Some(header) if header["type"] == "text" => text(header, "/text"),
        Some(_) => return Err(Invalid::new("header", "a text at Bird", "a file")),
    };
    let words: Vec<&str> = [header, body.as_deref(), footer.as_deref()].into_iter().flatten().collect();
    let actions: Vec<Value> = if kind == "cta_url" {
        let of = |key: &str| text(action, key).unwrap_or_default();
        vec![json!({"type": "link", "link": {"text": of("/parameters/display_text"), "url": of("/parameters/url")}})]
    } else {
        let list = action["buttons"].as_array().map(Vec::as_slice).unwrap_or_default();
        let one = |button: &Value| json!({"text": button["reply"]["title"], "payload": button["reply"]["id"]});
        list.iter().map(|button| json!({"type": "postback", "postback": one(button)})).collect()
    };
    Ok(json!({"type": "text", "text": {"text": words.join("\n\n"), "actions": actions}}))
}

/// `{"id":"..","status":"accepted"}` with 202.
pub(super) fn read_send(response: &Response) -> SendOutcome {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    match string(&body["id"]).filter(|_| response.ok()) {
        Some(wamid) => SendOutcome::Accepted { wamid, wa_id: None, user_id: None, held: false },
        None => settled(&read_error(response)),
    }
}

/// `{"code":"InvalidPayload","message":"..","details":{..}}`: the code is a word, so the status decides.
pub(super) fn read_error(response: &Response) -> ApiError {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let status = response.status;
    let word = text(&body, "/code").map(|word| format!("{word}: ")).unwrap_or_default();
    let words = text(&body, "/message").map_or_else(|| format!("HTTP {status} without explanation"), str::to_owned);
    let (code, class) = match status {
        401 => (190, RetryClass::PauseChannel),
        403 => (10, RetryClass::PauseChannel),
        429 => (130_429, RetryClass::SafeRetry),
        0..=299 | 408 | 500.. => (-1, RetryClass::WaitStatus),
        _ => (100, RetryClass::Never),
    };
    let detail = format!("{word}{words}").chars().take(500).collect();
    ApiError { status, code, detail, class, retry_after: limits::retry_after(response) }
}

/// Asks about the channel.
pub(super) fn channel(provider: &Provider) -> Request {
    call(provider, "number", Method::Get, of_channel(provider, ""))
}

/// `{"id","name","status":"active"}`.
pub(super) fn read_channel(response: &Response, number_id: &str) -> Result<PhoneNumber, ApiError> {
    if !response.ok() {
        return Err(read_error(response));
    }
    let body: Value = serde_json::from_slice(&response.body).map_err(|_| ApiError::odd(response, "not JSON"))?;
    let status = match text(&body, "/status").ok_or_else(|| ApiError::odd(response, "no status"))? {
        "active" => "CONNECTED".to_owned(),
        other => other.to_uppercase(),
    };
    let verified_name = text(&body, "/name").map(str::to_owned);
    let display_phone = text(&body, "/identifier").unwrap_or_default().to_owned();
    Ok(PhoneNumber { status, verified_name, display_phone, ..PhoneNumber::bare(number_id) })
}

/// Fetches an inbound file: with the key from Bird's own hosts, without it from a public address.
pub(super) fn download(provider: &Provider, url: &str) -> Result<Request, Invalid> {
    if same_origin(url, &provider.base_url) || below(url, "bird.com") || below(url, "messagebird.com") {
        return Ok(call(provider, "media_download", Method::Get, url.to_owned()).with_timeout(DOWNLOAD_TIMEOUT));
    }
    if url.starts_with("https://") {
        return Ok(plain_download("bird", url));
    }
    Err(Invalid::new("media.url", "an https address", "another one"))
}
