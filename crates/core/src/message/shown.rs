//! What a list, a quotation or a search result shows of contents that are not words: the answers of a form, and a
//! message whose code is the customer's alone.

use serde_json::{Map, Value};
use std::collections::HashMap;

/// Parts of parts that are looked into.
const DEEPEST: usize = 4;
/// Bytes of answers after which no more are looked for: a form comes from outside, and is shown in a line.
const ENOUGH: usize = 4_000;
/// What stands for a hidden character.
const HIDDEN: char = '•';

/// The values somebody filled into a form or address, as `order` names its members; empty when nothing was filled in.
/// Members that are there for programs are left out.
pub(super) fn answers(data: &Value, order: &[String]) -> String {
    let mut places = Places::with_capacity(order.len());
    for (place, name) in order.iter().enumerate() {
        places.entry(name).or_insert(place);
    }
    let mut out = Shown::default();
    match data {
        Value::Object(fields) => {
            for (name, value) in in_order(fields, &places) {
                collect(value, &places, from_editor(name), 0, &mut out);
            }
        }
        Value::String(text) => out.push(text),
        _ => {}
    }
    out.0
}

/// Which place each name was asked at.
type Places<'a> = HashMap<&'a str, usize>;

/// What is collected, up to [`ENOUGH`].
#[derive(Default)]
struct Shown(String);

impl Shown {
    fn is_full(&self) -> bool {
        self.0.len() >= ENOUGH
    }

    fn push(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() || self.is_full() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push_str(" · ");
        }
        self.0.push_str(text);
    }
}

/// What people filled in: first what was asked for by name, then the rest.
fn in_order<'a>(fields: &'a Map<String, Value>, places: &Places<'_>) -> Vec<(&'a String, &'a Value)> {
    let mut list: Vec<_> = fields.iter().filter(|(name, _)| !is_technical(name)).collect();
    list.sort_by_key(|(name, _)| places.get(name.as_str()).copied().unwrap_or(usize::MAX));
    list
}

/// Names of members that people did not fill in.
fn is_technical(name: &str) -> bool {
    name.starts_with("wa_flow_")
        || matches!(
            name,
            "flow_token"
                | "flow_id"
                | "flow_name"
                | "flow_action"
                | "flow_cta"
                | "flow_message_version"
                | "version"
                | "sha256"
                | "cdn_url"
                | "encryption_metadata"
                | "mime_type"
                | "media_id"
                | "saved_address_id"
        )
}

/// Whether WhatsApp's own editor named a field (`screen_0_Rating_1`): its choices are `0_Very_good`.
fn from_editor(name: &str) -> bool {
    let number = name.strip_prefix("screen_").and_then(|rest| rest.split_once('_')).map(|(number, _)| number);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn collect(value: &Value, places: &Places<'_>, choices: bool, depth: usize, out: &mut Shown) {
    if out.is_full() {
        return;
    }
    let mut inner = |part| collect(part, places, choices, depth + 1, out);
    match value {
        Value::String(text) if choices => out.push(&choice(text)),
        Value::String(text) => out.push(text),
        Value::Number(number) => out.push(&number.to_string()),
        _ if depth >= DEEPEST => {}
        Value::Array(parts) => parts.iter().for_each(inner),
        Value::Object(fields) => match fields.get("file_name").and_then(Value::as_str) {
            Some(file) => out.push(file),
            None => in_order(fields, places).into_iter().for_each(|(_, part)| inner(part)),
        },
        // Ticked or not says nothing without its name.
        Value::Bool(_) | Value::Null => {}
    }
}

/// A choice without its number.
fn choice(text: &str) -> String {
    match text.split_once('_') {
        Some((number, rest)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            rest.replace('_', " ").trim().to_owned()
        }
        _ => text.trim().to_owned(),
    }
}

/// A template's words in which only the end of a code to sign in with is left.
pub(super) fn without_code(words: &str, components: &Value) -> String {
    match code(components) {
        Some(code) => words.replace(code, &hidden(code)),
        None => words.to_owned(),
    }
}

/// The code of what looks like a code message: WhatsApp wants it twice, alone in the words and in a button.
fn code(components: &Value) -> Option<&str> {
    let of = |kind: &'static str| {
        let all = components.as_array().into_iter().flatten();
        all.filter(move |part| part["type"].as_str().is_some_and(|word| word.eq_ignore_ascii_case(kind)))
    };
    let words = of("body").next()?["parameters"].as_array()?;
    let [word] = words.as_slice() else { return None };
    let code = word["text"].as_str()?;
    if !(4..=15).contains(&code.chars().count()) || code.chars().any(char::is_whitespace) {
        return None;
    }
    let mut given = of("button").flat_map(|button| button["parameters"].as_array().into_iter().flatten());
    given.any(|given| given["text"] == code || given["coupon_code"] == code).then_some(code)
}

fn hidden(code: &str) -> String {
    let shown = code.chars().count().saturating_sub(2);
    code.chars().enumerate().map(|(at, c)| if at < shown { HIDDEN } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Content;
    use serde_json::{Value, json};

    fn form(data: Value, order: &[&str]) -> String {
        let order = order.iter().map(|name| (*name).to_owned()).collect();
        let (kind, title) = ("flow".to_owned(), "Sent".to_owned());
        Content::Reply { kind, id: None, title, description: None, data: Some(data), order }.text()
    }

    #[test]
    fn a_form_shows_its_answers() {
        for (data, order, shown) in [
            (json!({ "flow_token": "t1", "size": "M", "city": "دبي" }), &["flow_token", "size", "city"][..], "M · دبي"),
            (json!({ "size": "M", "city": "Dubai" }), &["size", "city"], "M · Dubai"),
            (json!({ "size": "M", "city": "Dubai" }), &["city"], "Dubai · M"),
            (
                json!({ "screen_0_Rating_1": "0_Very_good", "screen_1_Sizes_2": ["0_M", "1_L"] }),
                &[],
                "Very good · M · L",
            ),
            (json!({ "code": "7_days", "guests": 0, "news": false }), &[], "7_days · 0"),
            (json!({ "photo": [{ "id": 9, "file_name": "coat.jpg", "sha256": "x" }] }), &[], "coat.jpg"),
            (
                json!({ "saved_address_id": "a1", "values": { "city": "Pune", "area": "Baner" } }),
                &["values", "city", "area"],
                "Pune · Baner",
            ),
            (json!("not { json"), &[], "not { json"),
            (json!({ "flow_token": "secret", "a": "", "b": null }), &[], "Sent"),
            (json!([1, 2]), &[], "Sent"),
            (json!({ "a": [[[[[[1]]]]]] }), &[], "Sent"),
        ] {
            assert_eq!(form(data.clone(), order), shown, "{data}");
        }
        for (title, shown) in [("Ana, Baner, Pune", "Ana, Baner, Pune"), ("address_message", "Pune")] {
            let (kind, title) = ("address".to_owned(), title.to_owned());
            let data = Some(json!({ "values": { "city": "Pune" } }));
            let reply = Content::Reply { kind, id: None, title, description: None, data, order: Vec::new() };
            assert_eq!(reply.text(), shown);
        }
        let row = Content::Reply {
            kind: "list".to_owned(),
            id: None,
            title: "Express".to_owned(),
            description: Some("1-2 days".to_owned()),
            data: None,
            order: Vec::new(),
        };
        assert_eq!(row.text(), "Express · 1-2 days");
    }

    #[test]
    fn a_form_of_any_size_is_read_at_once() {
        let names: Vec<String> = (0..40_000).map(|at| format!("field_{at}")).collect();
        let order: Vec<&str> = names.iter().rev().map(String::as_str).collect();
        let of = |value: Value| Value::Object(names.iter().map(|name| (name.clone(), value.clone())).collect());
        assert_eq!(form(of(json!({ "part": {} })), &order), "Sent");
        let shown = form(of(json!("12345")), &order);
        assert!(shown.starts_with("12345 · 12345") && (4_000..4_020).contains(&shown.len()), "{}", shown.len());
    }

    #[test]
    fn a_code_shows_its_end_only() {
        let body = |words: &[&str]| {
            let given: Vec<Value> = words.iter().map(|text| json!({ "type": "text", "text": text })).collect();
            json!({ "type": "BODY", "parameters": given })
        };
        let button = |text: &str| json!({ "type": "button", "sub_type": "url", "index": "0", "parameters": [{ "type": "text", "text": text }] });
        let copy = json!({ "type": "button", "parameters": [{ "type": "coupon_code", "coupon_code": "482913" }] });
        let secret = "*••••13* is your code. ••••13!";
        let open = "*482913* is your code. 482913!";
        for (components, shown) in [
            (json!([body(&["482913"]), button("482913")]), secret),
            (json!([body(&["482913"]), copy]), secret),
            (json!([body(&["482913"])]), open),
            (json!([body(&["482913", "Ana"]), button("482913")]), open),
            (json!([body(&["Ana"]), button("482913")]), open),
            (json!([body(&["your code"]), button("your code")]), open),
            (Value::Null, open),
        ] {
            let content = Content::Template {
                name: "code".to_owned(),
                language: "en".to_owned(),
                components: components.clone(),
                preview: Some(open.to_owned()),
            };
            assert_eq!(content.text(), shown, "{components}");
        }
    }
}
