//! Templates: Twilio's contents with their WhatsApp approval, as Meta's components.

use super::{call, host, read};
use crate::http::{Method, Request, Response};
use crate::provider::delivery::same_origin;
use crate::provider::{Provider, Template, TemplatePage};
use crate::whatsapp::api::{ApiError, string};
use serde_json::{Value, json};

/// In each component: Twilio's names of its placeholders, in the order in which ours are numbered.
pub(super) const VARIABLES: &str = "provider_variables";
/// In a header: how the address of every file begins; only what follows is the variable.
pub(super) const START: &str = "provider_start";

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
/// `files`: where our own files lie.
pub(crate) fn read_list(response: &Response, files: &str) -> Result<TemplatePage, ApiError> {
    let body = read(response)?;
    let rows = body["contents"].as_array().ok_or_else(|| ApiError::odd(response, "no contents"))?;
    let mut items: Vec<Template> = Vec::new();
    for found in rows.iter().filter_map(|row| template(row, files)) {
        // Several contents may have one name: the approved one is meant.
        match items.iter_mut().find(|known| (&known.name, &known.language) == (&found.name, &found.language)) {
            Some(known) if known.status != "APPROVED" => *known = found,
            Some(_) => {}
            None => items.push(found),
        }
    }
    Ok(TemplatePage { items, next: string(&body["meta"]["next_page_url"]) })
}

/// Status and category of an approval in Meta's words; `None` when none was asked for.
pub(super) fn approval(told: &Value) -> Option<(String, String)> {
    let status = string(&told["status"]).map(|word| word.to_uppercase()).filter(|word| word != "UNSUBMITTED")?;
    let status = match status.as_str() {
        "RECEIVED" => "PENDING".to_owned(),
        _ => status,
    };
    let category = match string(&told["category"]).unwrap_or_default().to_uppercase().as_str() {
        // What categories were called before.
        "TRANSACTIONAL" | "ACCOUNT_UPDATE" => "UTILITY".to_owned(),
        "" => "UNKNOWN".to_owned(),
        other => other.to_owned(),
    };
    Some((status, category))
}

fn template(row: &Value, files: &str) -> Option<Template> {
    let told = &row["approval_requests"];
    let (status, category) = approval(told)?;
    let name = string(&told["name"]).or_else(|| string(&row["friendly_name"]))?;
    Some(Template {
        id: string(&row["sid"])?,
        name,
        language: string(&row["language"])?.replace('-', "_"),
        category,
        status,
        quality: "UNKNOWN".to_owned(),
        parameter_format: "POSITIONAL".to_owned(),
        rejected_reason: string(&told["rejection_reason"]),
        ttl_seconds: None,
        components: components(row, files),
    })
}

/// The types a content may have on WhatsApp beside codes and carousels, the richest first.
const TYPES: [&str; 7] = [
    "whatsapp/card",
    "twilio/card",
    "twilio/quick-reply",
    "twilio/call-to-action",
    "twilio/media",
    "twilio/list-picker",
    "twilio/text",
];

/// Meta's components of a content.
pub(super) fn components(row: &Value, files: &str) -> Value {
    let reading = Reading { samples: &row["variables"], files };
    let types = &row["types"];
    if types["whatsapp/authentication"].is_object() {
        return code(&types["whatsapp/authentication"]);
    }
    if types["twilio/carousel"].is_object() {
        return reading.carousel(&types["twilio/carousel"]);
    }
    let kind = TYPES.iter().find(|kind| types[**kind].is_object());
    kind.map_or_else(|| Value::Array(Vec::new()), |kind| reading.plain(&types[*kind]))
}

/// The words of a code are WhatsApp's own; its one variable is the code.
fn code(content: &Value) -> Value {
    let action = &content["actions"][0];
    let text = string(&action["copy_code_text"]).or_else(|| string(&action["title"])).unwrap_or_default();
    let advice = content["add_security_recommendation"] != false;
    let mut out = vec![json!({"type": "BODY", "text": "", "add_security_recommendation": advice, VARIABLES: ["1"]})];
    if content["code_expiration_minutes"].is_i64() {
        out.push(json!({"type": "FOOTER", "code_expiration_minutes": content["code_expiration_minutes"]}));
    }
    let button = json!({"type": "OTP", "otp_type": "COPY_CODE", "text": text, VARIABLES: ["1"]});
    out.push(json!({"type": "BUTTONS", "buttons": [button]}));
    out.into()
}

struct Reading<'a> {
    samples: &'a Value,
    /// Where our own files lie.
    files: &'a str,
}

impl Reading<'_> {
    fn plain(&self, content: &Value) -> Value {
        let mut out = Vec::new();
        let media = content["media"].as_array().and_then(|list| list.first()).and_then(Value::as_str);
        match (media, string(&content["header_text"])) {
            (Some(url), _) => out.extend(self.file(url)),
            // A card's title is part of its body.
            (None, Some(title)) => out.push(self.text("HEADER", &title)),
            (None, None) => {}
        }
        let body = string(&content["body"]).or_else(|| string(&content["title"])).unwrap_or_default();
        out.push(self.text("BODY", &body));
        let footer = string(&content["footer"]).or_else(|| string(&content["subtitle"]));
        if let Some(footer) = footer {
            out.push(json!({"type": "FOOTER", "text": footer}));
        }
        out.extend(self.buttons(content));
        out.into()
    }

    fn carousel(&self, content: &Value) -> Value {
        let card = |card: &Value| {
            let words = [string(&card["title"]), string(&card["body"])];
            let words = words.into_iter().flatten().collect::<Vec<_>>().join("\n");
            let mut parts: Vec<Value> = card["media"].as_str().and_then(|url| self.file(url)).into_iter().collect();
            parts.push(self.text("BODY", &words));
            parts.extend(self.buttons(card));
            json!({"components": parts})
        };
        let cards: Vec<Value> = content["cards"].as_array().into_iter().flatten().map(card).collect();
        let body = self.text("BODY", &string(&content["body"]).unwrap_or_default());
        json!([body, {"type": "CAROUSEL", "cards": cards}])
    }

    fn sample(&self, name: &str) -> String {
        string(&self.samples[name]).unwrap_or_default()
    }

    /// A text with its placeholders and, as far as there are any, its samples.
    fn text(&self, kind: &str, text: &str) -> Value {
        let (text, names) = placeholders(text);
        let samples: Vec<String> = names.iter().map(|name| self.sample(name)).collect();
        let mut made = json!({"type": kind, "text": text, VARIABLES: names});
        if kind == "HEADER" {
            made["format"] = "TEXT".into();
        }
        if samples.iter().any(|sample| !sample.is_empty()) {
            made["example"] =
                if kind == "HEADER" { json!({"header_text": samples}) } else { json!({"body_text": [samples]}) };
        }
        made
    }

    /// A header for a file that each send brings: a variable alone, or one of our own files. A fixed file, and one that
    /// is part of somebody else's address, are Twilio's own matter.
    fn file(&self, url: &str) -> Option<Value> {
        let (text, names) = placeholders(url);
        let [name] = names.as_slice() else { return None };
        let start = text.strip_suffix("{{1}}")?;
        if !start.is_empty() && start != self.files {
            return None;
        }
        let sample = format!("{start}{}", self.sample(name));
        let mut made = json!({"type": "HEADER", "format": format_of(&sample), VARIABLES: names});
        if !start.is_empty() {
            made[START] = start.into();
            made["example"] = json!({"header_handle": [sample]});
        }
        Some(made)
    }

    fn buttons(&self, content: &Value) -> Option<Value> {
        let actions = content["actions"].as_array().map(Vec::as_slice).unwrap_or_default();
        let buttons: Vec<Value> = actions.iter().map(|action| self.button(action)).collect();
        (!buttons.is_empty()).then(|| json!({"type": "BUTTONS", "buttons": buttons}))
    }

    fn button(&self, action: &Value) -> Value {
        let text = string(&action["title"]).or_else(|| string(&action["copy_code_text"])).unwrap_or_default();
        match action["type"].as_str().unwrap_or("QUICK_REPLY") {
            "URL" => {
                let (url, names) = placeholders(action["url"].as_str().unwrap_or_default());
                let sample = names.first().map(|name| self.sample(name)).filter(|sample| !sample.is_empty());
                let example = sample.map(|sample| url.replace("{{1}}", &sample));
                let mut made = json!({"type": "URL", "text": text, "url": url, VARIABLES: names});
                if let Some(example) = example {
                    made["example"] = json!([example]);
                }
                made
            }
            "PHONE_NUMBER" | "PHONE" => json!({"type": "PHONE_NUMBER", "text": text, "phone_number": action["phone"]}),
            "COPY_CODE" => {
                let names = placeholders(action["code"].as_str().unwrap_or_default()).1;
                let sample = names.first().map(|name| self.sample(name)).filter(|sample| !sample.is_empty());
                let mut made = json!({"type": "COPY_CODE", "text": text, VARIABLES: names});
                if let Some(sample) = sample {
                    made["example"] = sample.into();
                }
                made
            }
            _ => json!({"type": "QUICK_REPLY", "text": text}),
        }
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
    let mut names = Vec::<String>::new();
    let text = each_placeholder(text, |name| {
        let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        format!("{{{{{}}}}}", at + 1)
    });
    (text, names)
}

/// A text with something in place of each placeholder.
pub(super) fn each_placeholder(text: &str, mut instead: impl FnMut(&str) -> String) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else { break };
        out.push_str(&rest[..start]);
        out.push_str(&instead(rest[start + 2..start + length].trim()));
        rest = &rest[start + length + 2..];
    }
    out.push_str(rest);
    out
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
