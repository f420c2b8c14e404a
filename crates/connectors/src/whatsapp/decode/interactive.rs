//! Answers to interactive messages (§3).

use super::read::Read;
use rapport_core::message::Content;
use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// The reply inside an `interactive` object; `None` when its type is not known.
pub(super) fn reply(object: &Value) -> Option<Content> {
    let kind = object.text("type")?;
    let inner = object.get(&kind).filter(|inner| inner.is_object())?;
    match kind.as_str() {
        "button_reply" => chosen("button", inner),
        "list_reply" => chosen("list", inner),
        "nfm_reply" => Some(form(inner)),
        "call_permission_reply" => Some(call_permission(inner)),
        _ => None,
    }
}

fn chosen(kind: &str, inner: &Value) -> Option<Content> {
    let id = inner.text("id");
    let title = inner.text("title").or_else(|| id.clone())?;
    Some(Content::Reply {
        kind: kind.to_owned(),
        id,
        title,
        description: inner.text("description"),
        data: None,
        order: Vec::new(),
    })
}

/// `response_json` is a string holding an object as a rule; anything else is kept as it is.
fn form(inner: &Value) -> Content {
    let order = inner.get("response_json").and_then(Value::as_str).map(names).unwrap_or_default();
    let data = match inner.get("response_json") {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())),
        Some(value) => value.clone(),
        None => Value::Null,
    };
    let name = inner.text("name").unwrap_or_default();
    let kind = if name == "address_message" { "address" } else { "flow" };
    let title = inner.text("body").or_else(|| Some(name).filter(|name| !name.is_empty()));
    Content::Reply {
        kind: kind.to_owned(),
        id: data.text("flow_token"),
        title: title.unwrap_or_else(|| "Sent".to_owned()),
        description: None,
        data: (!data.is_null()).then_some(data),
        order,
    }
}

/// The names of an object as they stand in its text, those of its member `values` (the lines of an address) behind that
/// name; nothing for what is no object.
fn names(text: &str) -> Vec<String> {
    read_names(text, true)
}

fn read_names(text: &str, whole: bool) -> Vec<String> {
    serde_json::Deserializer::from_str(text).deserialize_map(Names { whole }).unwrap_or_default()
}

struct Names {
    /// Whether an address may be in it: its lines have none of their own.
    whole: bool,
}

impl<'de> Visitor<'de> for Names {
    type Value = Vec<String>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<String>, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if self.whole && name == "values" {
                let inner: &RawValue = map.next_value()?;
                names.push(name);
                names.extend(read_names(inner.get(), false));
            } else {
                map.next_value::<IgnoredAny>()?;
                names.push(name);
            }
        }
        Ok(names)
    }
}

fn call_permission(inner: &Value) -> Content {
    let response = inner.text("response");
    let title = match response.as_deref() {
        Some("accept") => "Calls allowed",
        _ => "Calls not allowed",
    };
    Content::Reply {
        kind: "call_permission".to_owned(),
        id: response,
        title: title.to_owned(),
        description: None,
        data: Some(inner.clone()),
        order: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_names_of_a_form_stay_as_they_came() {
        let deep = format!("{}1{}", r#"{"values":"#.repeat(200), "}".repeat(200));
        for (text, order) in [
            (r#"{"size":"M","city":{"b":1,"a":2},"area":[]}"#, vec!["size", "city", "area"]),
            (r#"{"z":1,"values":{"pin":"1","city":"Pune"},"a":2}"#, vec!["z", "values", "pin", "city", "a"]),
            (r#"{"values":"none","a":1}"#, vec!["values", "a"]),
            (r#"{"\u0627\u0644\u0627\u0633\u0645":"ليلى","b":1}"#, vec!["الاسم", "b"]),
            ("{}", vec![]),
            ("[1]", vec![]),
            (r#"{"a":1"#, vec![]),
            ("", vec![]),
        ] {
            let inner = json!({ "name": "flow", "body": "Sent", "response_json": text });
            let Content::Reply { order: found, .. } = form(&inner) else { panic!("{text}") };
            assert_eq!(found, order, "{text}");
        }
        assert!(names(&deep).len() <= 2, "an address is no address's line");
    }
}
