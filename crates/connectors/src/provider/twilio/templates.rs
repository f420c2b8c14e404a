//! Templates: Twilio's contents with their WhatsApp approval, as Meta's components.

use super::{call, host, read};
use crate::http::{Method, Request, Response};
use crate::provider::delivery::same_origin;
use crate::provider::{Provider, Template, TemplatePage};
use crate::whatsapp::api::{ApiError, string};
use serde_json::{Value, json};

/// In each component: Twilio's names of its placeholders, in the order in which ours are numbered.
pub(super) const VARIABLES: &str = "provider_variables";

/// Asks for a page; `after` is the address of the next page as Twilio told it. `None` when that is none of Twilio's.
pub(crate) fn list(provider: &Provider, after: Option<&str>) -> Option<Request> {
    let content = host(provider, "content");
    let url = match after {
        Some(next) if same_origin(next, &content) => next.to_owned(),
        Some(_) => return None,
        None => format!("{content}/v1/ContentAndApprovals?PageSize=100"),
    };
    Some(call(provider, "templates", Method::Get, url))
}

/// `{"contents":[..],"meta":{"next_page_url":..}}`. Contents that were never submitted are no templates of WhatsApp.
pub(crate) fn read_list(response: &Response) -> Result<TemplatePage, ApiError> {
    let body = read(response)?;
    let rows = body["contents"].as_array().ok_or_else(|| ApiError::odd(response, "no contents"))?;
    let mut items: Vec<Template> = Vec::new();
    for found in rows.iter().filter_map(template) {
        // Several contents may have one name: the approved one is meant.
        match items.iter_mut().find(|known| (&known.name, &known.language) == (&found.name, &found.language)) {
            Some(known) if known.status != "APPROVED" => *known = found,
            Some(_) => {}
            None => items.push(found),
        }
    }
    Ok(TemplatePage { items, next: string(&body["meta"]["next_page_url"]) })
}

fn template(row: &Value) -> Option<Template> {
    let approval = &row["approval_requests"];
    let status = string(&approval["status"]).map(|word| word.to_uppercase()).filter(|word| word != "UNSUBMITTED")?;
    let name = string(&approval["name"]).or_else(|| string(&row["friendly_name"]))?;
    let status = match status.as_str() {
        "RECEIVED" => "PENDING".to_owned(),
        _ => status,
    };
    let category = match string(&approval["category"]).unwrap_or_default().to_uppercase().as_str() {
        // What categories were called before.
        "TRANSACTIONAL" | "ACCOUNT_UPDATE" => "UTILITY".to_owned(),
        "" => "UNKNOWN".to_owned(),
        other => other.to_owned(),
    };
    Some(Template {
        id: string(&row["sid"])?,
        name,
        language: string(&row["language"])?.replace('-', "_"),
        category,
        status,
        quality: "UNKNOWN".to_owned(),
        parameter_format: "POSITIONAL".to_owned(),
        rejected_reason: string(&approval["rejection_reason"]),
        ttl_seconds: None,
        components: components(row),
    })
}

/// The types a content may have on WhatsApp, the richest first.
const TYPES: [&str; 8] = [
    "whatsapp/card",
    "twilio/card",
    "whatsapp/authentication",
    "twilio/quick-reply",
    "twilio/call-to-action",
    "twilio/media",
    "twilio/list-picker",
    "twilio/text",
];

fn components(row: &Value) -> Value {
    let kind = TYPES.iter().find(|kind| row["types"][**kind].is_object());
    let Some(content) = kind.map(|kind| &row["types"][*kind]) else { return Value::Array(Vec::new()) };
    let mut out = Vec::new();
    let media = content["media"].as_array().and_then(|list| list.first()).and_then(Value::as_str);
    let title = string(&content["header_text"]).or_else(|| string(&content["title"]));
    match (media, title) {
        // A fixed file, or one that is only part of an address, is Twilio's own matter.
        (Some(url), _) => {
            let (text, names) = placeholders(url);
            if let ([name], "{{1}}") = (names.as_slice(), text.as_str()) {
                let sample = string(&row["variables"][name]).unwrap_or_default();
                out.push(json!({"type": "HEADER", "format": format_of(&sample), VARIABLES: names}));
            }
        }
        // A card's title is part of its body.
        (None, Some(title)) if content["header_text"].is_string() => {
            let (text, names) = placeholders(&title);
            out.push(json!({"type": "HEADER", "format": "TEXT", "text": text, VARIABLES: names}));
        }
        _ => {}
    }
    let body = string(&content["body"]).or_else(|| string(&content["title"])).unwrap_or_default();
    let (text, names) = placeholders(&body);
    out.push(json!({"type": "BODY", "text": text, VARIABLES: names}));
    let footer = string(&content["footer"]).or_else(|| string(&content["subtitle"]));
    if let Some(footer) = footer {
        out.push(json!({"type": "FOOTER", "text": footer}));
    }
    let buttons: Vec<Value> =
        content["actions"].as_array().map(Vec::as_slice).unwrap_or_default().iter().map(button).collect();
    if !buttons.is_empty() {
        out.push(json!({"type": "BUTTONS", "buttons": buttons}));
    }
    out.into()
}

fn button(action: &Value) -> Value {
    let text = string(&action["title"]).or_else(|| string(&action["copy_code_text"])).unwrap_or_default();
    match action["type"].as_str().unwrap_or("QUICK_REPLY") {
        "URL" => {
            let (url, names) = placeholders(action["url"].as_str().unwrap_or_default());
            json!({"type": "URL", "text": text, "url": url, VARIABLES: names})
        }
        "PHONE_NUMBER" | "PHONE" => json!({"type": "PHONE_NUMBER", "text": text, "phone_number": action["phone"]}),
        "COPY_CODE" => {
            let names = placeholders(action["code"].as_str().unwrap_or_default()).1;
            json!({"type": "COPY_CODE", "text": text, VARIABLES: names})
        }
        _ => json!({"type": "QUICK_REPLY", "text": text}),
    }
}

fn format_of(url: &str) -> &'static str {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    match path.rsplit('.').next().unwrap_or_default() {
        "mp4" | "3gp" | "3gpp" => "VIDEO",
        "pdf" | "docx" | "xlsx" | "pptx" | "txt" => "DOCUMENT",
        _ => "IMAGE",
    }
}

/// A text with its placeholders numbered from 1, and the names they had. The same name keeps its number.
fn placeholders(text: &str) -> (String, Vec<String>) {
    let (mut out, mut names, mut rest) = (String::new(), Vec::<String>::new(), text);
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else { break };
        let name = rest[start + 2..start + length].trim();
        out.push_str(&rest[..start]);
        let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        out.push_str(&format!("{{{{{}}}}}", at + 1));
        rest = &rest[start + length + 2..];
    }
    out.push_str(rest);
    (out, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_anew() {
        let (text, names) = placeholders("Hi {{name}}, {{3}} for {{ name }} {{open");
        assert_eq!(
            (text.as_str(), names),
            ("Hi {{1}}, {{2}} for {{1}} {{open", vec!["name".to_owned(), "3".to_owned()])
        );
    }
}
