//! Messages on their way out: a form to `Messages.json`.

use super::{authorised, call, host, of_account};
use crate::http::{Body, Method, Request};
use crate::provider::{Outbound, Provider, Registered, Sending, To, form};
use crate::whatsapp::api::Invalid;
use crate::whatsapp::send::SEND_TIMEOUT;
use bytes::Bytes;
use rapport_core::message::Content;
use rapport_core::message::check;
use serde_json::{Map, Value};
use std::time::Duration;

/// Longest text, UTF-16 units.
pub(in crate::provider) const BODY_MAX: usize = 1_600;
/// The name of our callback text in the address of status reports.
pub(super) const CALLBACK: &str = "rapport";

/// The call that sends a message.
pub(crate) fn message(provider: &Provider, outbound: &Outbound<'_>, sending: &Sending<'_>) -> Result<Request, Invalid> {
    if let Some(problem) = check::content(outbound.content).into_iter().next() {
        return Err(Invalid::new(&problem.field, problem.allowed(), problem.found()));
    }
    let mut pairs = vec![("From", format!("whatsapp:+{}", provider.number_id)), ("To", recipient(outbound.to)?)];
    pairs.extend(content(outbound.content, sending.template)?);
    if let Some(callback) = outbound.callback {
        pairs.push(("StatusCallback", format!("{}?{CALLBACK}={}", provider.hook_url, form::encode(callback))));
    }
    let url = of_account(provider, "/Messages.json");
    Ok(with_form(call(provider, "send", Method::Post, url), &pairs).with_timeout(SEND_TIMEOUT))
}

fn with_form(mut request: Request, pairs: &[(&str, String)]) -> Request {
    request.headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
    request.body = Body::Bytes(Bytes::from(form::write(pairs)));
    request
}

fn recipient(to: To<'_>) -> Result<String, Invalid> {
    match to {
        To::Phone(number) => {
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            if (7..=15).contains(&digits.len()) {
                return Ok(format!("whatsapp:+{digits}"));
            }
            Err(Invalid::new("to", "a phone number of 7 to 15 digits", format!("{} digits", digits.len())))
        }
        To::UserId(_) => Err(Invalid::new("to", "a phone number at Twilio", "a user id")),
        To::Group(_) => Err(Invalid::new("to", "a phone number at Twilio", "a group")),
    }
}

/// The parameters of a content. Which kinds there are was asked before (`Kind::carries`).
fn content(content: &Content, template: Option<Registered<'_>>) -> Result<Vec<(&'static str, String)>, Invalid> {
    Ok(match content {
        Content::Text { body, .. } => vec![("Body", text("text.body", body)?)],
        Content::Media(media) => {
            let link = media.provider_media_id.as_deref().filter(|link| link.starts_with("http"));
            let link = link.ok_or_else(|| Invalid::new("media", "a public link to the file", "missing"))?;
            let mut pairs = vec![("MediaUrl", link.to_owned())];
            if let Some(caption) = media.caption.as_deref().filter(|caption| !caption.is_empty()) {
                pairs.push(("Body", text("media.caption", caption)?));
            }
            pairs
        }
        Content::Location { latitude, longitude, name, address, .. } => {
            // The text is required and shown as the place's name.
            let label = address.as_deref().or(name.as_deref()).unwrap_or_default().replace('|', " ");
            let title = name
                .as_deref()
                .or(address.as_deref())
                .map_or_else(|| format!("{latitude}, {longitude}"), str::to_owned);
            let geo = format!("geo:{latitude},{longitude}|{label}");
            vec![("Body", text("location.name", &title)?), ("PersistentAction", geo)]
        }
        Content::Template { components, .. } => {
            let known = template.ok_or_else(|| {
                Invalid::new("template.name", "a template that was read from Twilio", "one that is not known there")
            })?;
            let mut pairs = vec![("ContentSid", known.id.to_owned())];
            let variables = variables(components, known.components)?;
            if !variables.is_empty() {
                pairs.push(("ContentVariables", Value::from(variables).to_string()));
            }
            pairs
        }
        Content::Interactive { .. } => {
            let made = template.ok_or_else(|| {
                Invalid::new("type", "a content that was made at Twilio before", "one that is not known there")
            })?;
            let mut pairs = vec![("ContentSid", made.id.to_owned())];
            let variables = super::content::variables(content);
            if !variables.is_empty() {
                pairs.push(("ContentVariables", Value::from(variables).to_string()));
            }
            pairs
        }
        other => return Err(Invalid::new("type", "a kind that Twilio carries", other.kind())),
    })
}

fn text(field: &str, text: &str) -> Result<String, Invalid> {
    let length = text.encode_utf16().count();
    if length <= BODY_MAX {
        return Ok(text.to_owned());
    }
    Err(Invalid::new(field, format!("at most {BODY_MAX} characters at Twilio"), format!("{length} characters")))
}

/// The values by Twilio's own names. Reading the templates noted in each component which of Twilio's variables its
/// placeholders stand for, in order ([`super::templates::VARIABLES`]).
fn variables(given: &Value, registered: &Value) -> Result<Map<String, Value>, Invalid> {
    let mut out = Map::new();
    collect(given, registered, &mut out)?;
    Ok(out)
}

fn collect(given: &Value, registered: &Value, out: &mut Map<String, Value>) -> Result<(), Invalid> {
    for component in list(given) {
        let kind = component["type"].as_str().unwrap_or_default();
        if kind.eq_ignore_ascii_case("carousel") {
            let Some(known) = component_of(registered, kind) else { continue };
            for (nth, card) in list(&component["cards"]).iter().enumerate() {
                let at = card["card_index"].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or(nth);
                collect(&card["components"], &known["cards"][at]["components"], out)?;
            }
            continue;
        }
        let at = component["index"].as_u64().or_else(|| component["index"].as_str()?.parse().ok());
        let Some(place) = place(registered, kind, at) else { continue };
        let start = place[super::templates::START].as_str().unwrap_or_default();
        let values = list(&component["parameters"]).iter().filter_map(value);
        for (name, value) in list(&place[super::templates::VARIABLES]).iter().filter_map(Value::as_str).zip(values) {
            let Some(rest) = value.strip_prefix(start) else {
                let wanted = format!("a file of this installation, {start}...");
                return Err(Invalid::new("template.components.header", wanted, "another address"));
            };
            out.insert(name.to_owned(), rest.into());
        }
    }
    Ok(())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn component_of<'a>(registered: &'a Value, kind: &str) -> Option<&'a Value> {
    list(registered).iter().find(|one| one["type"].as_str().is_some_and(|word| word.eq_ignore_ascii_case(kind)))
}

/// A component as it is registered, or one of its buttons.
fn place<'a>(registered: &'a Value, kind: &str, button: Option<u64>) -> Option<&'a Value> {
    if !kind.eq_ignore_ascii_case("button") {
        return component_of(registered, kind);
    }
    let buttons = component_of(registered, "BUTTONS")?;
    match button {
        Some(at) => buttons["buttons"].get(usize::try_from(at).ok()?),
        None => Some(buttons),
    }
}

/// A parameter as text: a link for files.
fn value(parameter: &Value) -> Option<String> {
    let kind = parameter["type"].as_str().unwrap_or("text");
    let inner = &parameter[kind];
    let text = inner.as_str().or_else(|| inner["link"].as_str()).or_else(|| inner["id"].as_str());
    text.or_else(|| inner["fallback_value"].as_str()).or_else(|| parameter["text"].as_str()).map(str::to_owned)
}

/// Shows that an answer is being written, which also marks the message as read.
pub(crate) fn typing(provider: &Provider, message_id: &str) -> Request {
    let url = format!("{}/v2/Indicators/Typing.json", host(provider, "messaging"));
    let request = authorised(provider, Request::new("twilio", "read_mark", Method::Post, url));
    let pairs = [("messageId", message_id.to_owned()), ("channel", "whatsapp".to_owned())];
    with_form(request, &pairs).with_timeout(Duration::from_secs(10))
}
