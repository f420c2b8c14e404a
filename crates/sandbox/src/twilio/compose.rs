//! Contents in WhatsApp's words: as a template's components, as a template message, as a message within the window.

mod carousel;

use super::content::Content;
use crate::whatsapp::template::{Template, find, variables};
use serde_json::{Map, Value, json};

/// Values of variables by name.
pub type Values = Map<String, Value>;

enum Button {
    Reply { title: String, id: String },
    Url { title: String, url: String },
    Phone { title: String, phone: String },
    Code { code: String },
}

/// What most kinds of content are made of.
struct Parts {
    header: Option<String>,
    media: Option<String>,
    body: String,
    footer: Option<String>,
    buttons: Vec<Button>,
}

fn string(object: &Value, key: &str) -> Option<String> {
    object.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn button(action: &Value, kind: Option<&str>) -> Option<Button> {
    let title = string(action, "title").unwrap_or_default();
    Some(match kind.or_else(|| action.get("type")?.as_str())? {
        "QUICK_REPLY" => Button::Reply { id: string(action, "id").unwrap_or_else(|| title.clone()), title },
        "URL" => Button::Url { title, url: string(action, "url")? },
        "PHONE_NUMBER" => Button::Phone { title, phone: string(action, "phone")? },
        "COPY_CODE" | "COUPON_CODE" => Button::Code { code: string(action, "code")? },
        _ => return None,
    })
}

fn parts(types: &Map<String, Value>) -> Option<Parts> {
    let known =
        ["whatsapp/card", "twilio/card", "twilio/quick-reply", "twilio/call-to-action", "twilio/media", "twilio/text"];
    let (kind, object) = known.iter().find_map(|kind| Some((*kind, types.get(*kind)?)))?;
    let media = object.get("media").and_then(|media| media.as_str().or_else(|| media.get(0)?.as_str()));
    let only = (kind == "twilio/quick-reply").then_some("QUICK_REPLY");
    let actions = object.get("actions").and_then(Value::as_array).into_iter().flatten();
    let card = kind == "twilio/card";
    Some(Parts {
        header: string(object, "header_text"),
        media: media.map(str::to_owned),
        body: string(object, if card { "title" } else { "body" }).unwrap_or_default(),
        footer: string(object, if card { "subtitle" } else { "footer" }),
        buttons: actions.filter_map(|action| button(action, only)).collect(),
    })
}

/// What a file at that address is sent as, as far as the address itself tells.
pub fn kind_of_link(link: &str) -> &'static str {
    kind_of_ending(link).unwrap_or("document")
}

/// What the ending of an address says about the file.
pub fn kind_of_ending(link: &str) -> Option<&'static str> {
    let path = link.split(['?', '#']).next().unwrap_or("").to_lowercase();
    let name = path.rsplit('/').next().unwrap_or("");
    Some(match name.rsplit_once('.')?.1 {
        "jpg" | "jpeg" | "png" => "image",
        "mp4" | "3gp" | "3gpp" => "video",
        "mp3" | "ogg" | "oga" | "opus" | "amr" | "aac" | "m4a" => "audio",
        "webp" => "sticker",
        "pdf" | "txt" | "csv" | "doc" | "docx" | "xls" | "xlsx" | "ppt" | "pptx" | "vcf" => "document",
        _ => return None,
    })
}

/// Variables numbered from 1 in the order in which they appear, and their names in that order.
fn renumbered(text: &str) -> (String, Vec<String>) {
    let names = variables(text);
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else {
            break;
        };
        out.push_str(before);
        match names.iter().position(|known| known == name.trim()) {
            Some(at) => out.push_str(&format!("{{{{{}}}}}", at + 1)),
            None => out.push_str(&format!("{{{{{name}}}}}")),
        }
        rest = tail;
    }
    out.push_str(rest);
    (out, names)
}

/// A text with its variables filled in.
fn filled(text: &str, values: &Values) -> String {
    variables(text).iter().fold(text.to_owned(), |text, name| match values.get(name) {
        Some(value) => {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.replace(&format!("{{{{{name}}}}}"), &value)
        }
        None => text,
    })
}

fn samples(names: &[String], values: &Values) -> Vec<Value> {
    names.iter().map(|name| values.get(name).cloned().unwrap_or_else(|| "sample".into())).collect()
}

/// The components of the template that a content asks approval for; `None` when it cannot be a template.
pub fn components(content: &Content) -> Option<Vec<Value>> {
    if let Some(code) = content.types.get("whatsapp/authentication") {
        return Some(authentication(code));
    }
    if let Some(carousel) = content.types.get("twilio/carousel") {
        return carousel::components(carousel, content);
    }
    let parts = parts(&content.types)?;
    let mut made = Vec::new();
    if let Some(link) = &parts.media {
        made.push(file_header(link, &content.variables));
    } else if let Some(text) = &parts.header {
        let (text, names) = renumbered(text);
        let mut header = json!({"type": "HEADER", "format": "TEXT", "text": text});
        if !names.is_empty() {
            header["example"] = json!({"header_text": samples(&names, &content.variables)});
        }
        made.push(header);
    }
    made.push(body(&parts.body, &content.variables));
    if let Some(footer) = &parts.footer {
        made.push(json!({"type": "FOOTER", "text": footer}));
    }
    made.extend(buttons(&parts.buttons, &content.variables));
    Some(made)
}

/// A header for files, of the kind that its sample is.
fn file_header(link: &str, samples: &Values) -> Value {
    let format = kind_of_link(&filled(link, samples)).to_uppercase();
    json!({"type": "HEADER", "format": format, "example": {"header_handle": ["4::sandbox"]}})
}

fn body(text: &str, values: &Values) -> Value {
    let (text, names) = renumbered(text);
    let mut body = json!({"type": "BODY", "text": text});
    if !names.is_empty() {
        body["example"] = json!({"body_text": [samples(&names, values)]});
    }
    body
}

fn buttons(buttons: &[Button], samples: &Values) -> Option<Value> {
    let one = |button: &Button| match button {
        Button::Reply { title, .. } => json!({"type": "QUICK_REPLY", "text": title}),
        Button::Url { title, url } => {
            let (plain, names) = renumbered(url);
            let mut made = json!({"type": "URL", "text": title, "url": plain});
            if !names.is_empty() {
                made["example"] = json!([filled(url, samples)]);
            }
            made
        }
        Button::Phone { title, phone } => json!({"type": "PHONE_NUMBER", "text": title, "phone_number": phone}),
        Button::Code { code } => json!({"type": "COPY_CODE", "example": filled(code, samples)}),
    };
    let made: Vec<Value> = buttons.iter().map(one).collect();
    (!made.is_empty()).then(|| json!({"type": "BUTTONS", "buttons": made}))
}

fn authentication(code: &Value) -> Vec<Value> {
    let mut made = vec![json!({
        "type": "BODY",
        "text": "*{{1}}* is your verification code.",
        "add_security_recommendation": code.get("add_security_recommendation").cloned().unwrap_or_else(|| false.into()),
    })];
    if let Some(minutes) = code.get("code_expiration_minutes").filter(|minutes| !minutes.is_null()) {
        let text = format!("This code expires in {minutes} minutes.");
        made.push(json!({"type": "FOOTER", "text": text, "code_expiration_minutes": minutes}));
    }
    let text = code.pointer("/actions/0/copy_code_text").and_then(Value::as_str).unwrap_or("Copy code");
    made.push(json!({"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": text}]}));
    made
}

fn parameters(text: &str, values: &Values, named: bool) -> Vec<Value> {
    let given = variables(text).into_iter().filter_map(|name| {
        let value = values.get(&name)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut parameter = json!({"type": "text", "text": text});
        if named {
            parameter["parameter_name"] = name.into();
        }
        Some(parameter)
    });
    given.collect()
}

/// The template message that sends a content.
pub fn template_message(content: &Content, template: &Template, values: &Values) -> Value {
    let mut components = Vec::new();
    if content.types.contains_key("whatsapp/authentication") {
        let code = parameters("{{1}}", values, false);
        components.push(json!({"type": "body", "parameters": code}));
        components.push(json!({"type": "button", "sub_type": "url", "index": "0", "parameters": code}));
    } else if let Some(carousel) = content.types.get("twilio/carousel") {
        components = carousel::message(carousel, template, values);
    } else if let Some(parts) = parts(&content.types) {
        let named = template.parameter_format == "NAMED";
        if let Some(link) = &parts.media {
            // What was approved, not what an address looks like.
            let kind = format_of(&template.components).unwrap_or_else(|| kind_of_link(link).to_owned());
            components.push(file_parameter(&kind, link, values));
        } else if let Some(header) = parts.header.as_deref().map(|text| parameters(text, values, named))
            && !header.is_empty()
        {
            components.push(json!({"type": "header", "parameters": header}));
        }
        components.push(json!({"type": "body", "parameters": parameters(&parts.body, values, named)}));
        components.extend(taps(&parts.buttons, values));
    }
    json!({"type": "template", "template": {
        "name": template.name,
        "language": {"code": template.language},
        "components": components,
    }})
}

/// The kind of file that the header among these components shows, as parameters call it.
fn format_of(components: &[Value]) -> Option<String> {
    let format = find(components, "HEADER")?.get("format")?.as_str()?;
    (!format.eq_ignore_ascii_case("TEXT")).then(|| format.to_lowercase())
}

fn file_parameter(kind: &str, link: &str, values: &Values) -> Value {
    let header = json!({"type": kind, kind: {"link": filled(link, values)}});
    json!({"type": "header", "parameters": [header]})
}

/// What each button is given.
fn taps(buttons: &[Button], values: &Values) -> Vec<Value> {
    let one = |(index, button): (usize, &Button)| {
        let (sub_type, parameter) = match button {
            Button::Url { url, .. } => ("url", parameters(url, values, false).into_iter().next()?),
            Button::Reply { id, .. } => ("quick_reply", json!({"type": "payload", "payload": filled(id, values)})),
            Button::Code { code } => ("copy_code", json!({"type": "coupon_code", "coupon_code": filled(code, values)})),
            Button::Phone { .. } => return None,
        };
        let index = index.to_string();
        Some(json!({"type": "button", "sub_type": sub_type, "index": index, "parameters": [parameter]}))
    };
    buttons.iter().enumerate().filter_map(one).collect()
}

/// The message that sends a content within the window; `None` when that is not possible.
pub fn session_message(content: &Content, values: &Values) -> Option<Value> {
    if let Some(place) = content.types.get("twilio/location") {
        let mut location = json!({"latitude": place.get("latitude"), "longitude": place.get("longitude")});
        for (ours, theirs) in [("name", "label"), ("address", "address")] {
            if let Some(text) = string(place, theirs) {
                location[ours] = filled(&text, values).into();
            }
        }
        return Some(json!({"type": "location", "location": location}));
    }
    if let Some(list) = content.types.get("twilio/list-picker") {
        let rows = list.get("items").and_then(Value::as_array)?.iter().map(|item| {
            let mut row =
                json!({"id": item.get("id"), "title": filled(&string(item, "item").unwrap_or_default(), values)});
            if let Some(text) = string(item, "description") {
                row["description"] = filled(&text, values).into();
            }
            row
        });
        let action = json!({"button": list.get("button"), "sections": [{"rows": rows.collect::<Vec<Value>>()}]});
        let body = filled(&string(list, "body")?, values);
        return Some(
            json!({"type": "interactive", "interactive": {"type": "list", "body": {"text": body}, "action": action}}),
        );
    }
    let parts = parts(&content.types)?;
    let body = filled(&parts.body, values);
    let header = match (&parts.media, &parts.header) {
        (Some(link), _) => {
            let kind = kind_of_link(link);
            Some(json!({"type": kind, kind: {"link": filled(link, values)}}))
        }
        (None, Some(text)) => Some(json!({"type": "text", "text": filled(text, values)})),
        (None, None) => None,
    };
    let replies: Vec<Value> = parts.buttons.iter().filter_map(|button| reply(button, values)).collect();
    let mut interactive = match parts.buttons.as_slice() {
        [Button::Url { title, url }] => json!({"type": "cta_url", "action": {
            "name": "cta_url",
            "parameters": {"display_text": title, "url": filled(url, values)},
        }}),
        buttons if !buttons.is_empty() && replies.len() == buttons.len() => {
            json!({"type": "button", "action": {"buttons": replies}})
        }
        _ => return Some(plain(&body, header)),
    };
    interactive["body"] = json!({"text": body});
    if let Some(header) = header {
        interactive["header"] = header;
    }
    if let Some(footer) = &parts.footer {
        interactive["footer"] = json!({"text": filled(footer, values)});
    }
    Some(json!({"type": "interactive", "interactive": interactive}))
}

fn reply(button: &Button, values: &Values) -> Option<Value> {
    match button {
        Button::Reply { title, id } => {
            Some(json!({"type": "reply", "reply": {"id": filled(id, values), "title": filled(title, values)}}))
        }
        _ => None,
    }
}

/// A file with its caption, or a text.
fn plain(body: &str, header: Option<Value>) -> Value {
    match header.as_ref().and_then(|header| Some((header.get("type")?.as_str()?, header))) {
        Some((kind, header)) if kind != "text" => {
            media_message(kind, header[kind]["link"].as_str().unwrap_or(""), body)
        }
        _ => json!({"type": "text", "text": {"body": body}}),
    }
}

/// A file at an address, with a caption where there may be one.
pub fn media_message(kind: &str, link: &str, caption: &str) -> Value {
    let mut object = json!({"link": link});
    if !caption.is_empty() && !matches!(kind, "audio" | "sticker") {
        object["caption"] = caption.into();
    }
    json!({"type": kind, kind: object})
}

/// The text a person would see of a message in Meta's shape.
pub fn shown(message: &Value, content: Option<(&Content, &Values)>) -> String {
    if let Some((content, values)) = content
        && let Some(parts) = parts(&content.types)
    {
        return filled(&parts.body, values);
    }
    let kind = message["type"].as_str().unwrap_or("");
    let text = match kind {
        "text" => &message["text"]["body"],
        "interactive" => &message["interactive"]["body"]["text"],
        kind => &message[kind]["caption"],
    };
    text.as_str().unwrap_or("").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_numbered_and_filled() {
        assert_eq!(
            renumbered("Hi {{2}} and {{name}}, {{2}}."),
            ("Hi {{1}} and {{2}}, {{1}}.".to_owned(), vec!["2".to_owned(), "name".to_owned()])
        );
        let values = Values::from_iter([("1".to_owned(), json!("Ana")), ("2".to_owned(), json!(7))]);
        assert_eq!(filled("Hi {{1}}, {{2}} of {{3}}", &values), "Hi Ana, 7 of {{3}}");
        assert_eq!(kind_of_link("https://x.example/a.PNG?size=2"), "image");
    }
}
