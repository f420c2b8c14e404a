//! Buttons, lists and links: at Twilio they are contents of the Content API, made once and then sent by their id, each
//! time with other words in their variable (`whatsapp-cloud-api.md` §16).

use super::{call, host, read};
use crate::http::{Body, Method, Response};
use crate::provider::{Preparation, Provider};
use crate::whatsapp::api::{ApiError, Invalid, string};
use bytes::Bytes;
use rapport_core::message::Content;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// "The ContentSid is invalid": it was removed.
pub(in crate::provider) const UNKNOWN: i64 = 21_655;

/// What of an interactive message Twilio cannot show, or `None` when it shows all of it.
pub(in crate::provider) fn lacks(content: &Content) -> Option<&'static str> {
    let Content::Interactive { kind, header, footer, action, .. } = content else { return None };
    if header.as_ref().is_some_and(|header| !header.is_null()) {
        return Some("interactive/header");
    }
    if footer.as_deref().is_some_and(|footer| !footer.is_empty()) {
        return Some("interactive/footer");
    }
    let sections = action["sections"].as_array().map_or(0, Vec::len);
    (kind == "list" && sections > 1).then_some("interactive/sections")
}

/// The words that change from message to message, by the name of their variable.
pub(super) fn variables(content: &Content) -> Map<String, Value> {
    match content {
        Content::Interactive { body: Some(body), .. } if varies(body) => {
            Map::from_iter([("1".to_owned(), body.as_str().into())])
        }
        _ => Map::new(),
    }
}

/// A value may have no line breaks, no tabs and no long gaps, and nothing that reads like a variable of its own.
fn varies(body: &str) -> bool {
    !body.is_empty() && !body.contains(['\n', '\r', '\t']) && !body.contains("    ") && !body.contains("{{")
}

/// The call that makes the content. Its key stands for everything but the variable words.
pub(crate) fn prepare(provider: &Provider, content: &Content) -> Result<Option<Preparation>, Invalid> {
    let Content::Interactive { kind, body, action, .. } = content else { return Ok(None) };
    let body = body.as_deref().unwrap_or_default();
    let shown = if varies(body) { "{{1}}" } else { body };
    let (word, look) = look(kind, shown, action)?;
    let types = json!({ word: look });
    let key = hex::encode(Sha256::digest(types.to_string().as_bytes()));
    let mut made = json!({"friendly_name": format!("rapport {}", &key[..16]), "language": "en", "types": types});
    if varies(body) {
        made["variables"] = json!({"1": "..."});
    }
    let url = format!("{}/v1/Content", host(provider, "content"));
    let mut request = call(provider, "content", Method::Post, url);
    request.headers.push(("content-type", "application/json".to_owned()));
    request.body = Body::Bytes(Bytes::from(made.to_string()));
    Ok(Some(Preparation { key, request }))
}

/// Twilio's word for the kind, and the object below it.
fn look(kind: &str, body: &str, action: &Value) -> Result<(&'static str, Value), Invalid> {
    let wrong = |field: &str| Invalid::new(field, "what WhatsApp takes", "another shape");
    let list = |value: &'_ Value| value.as_array().cloned().unwrap_or_default();
    Ok(match kind {
        "button" => {
            let actions: Vec<Value> = list(&action["buttons"])
                .iter()
                .map(|button| json!({"type": "QUICK_REPLY", "title": button["reply"]["title"], "id": button["reply"]["id"]}))
                .collect();
            ("twilio/quick-reply", json!({"body": body, "actions": actions}))
        }
        "list" => {
            let items: Vec<Value> = list(&action["sections"][0]["rows"])
                .iter()
                .map(|row| json!({"item": row["title"], "id": row["id"], "description": row["description"]}))
                .collect();
            ("twilio/list-picker", json!({"body": body, "button": action["button"], "items": items}))
        }
        "cta_url" => {
            let link = &action["parameters"];
            let (title, url) =
                (&link["display_text"], link["url"].as_str().ok_or_else(|| wrong("action.parameters.url"))?);
            // What looks like a variable in the address would be taken for one.
            if url.contains("{{") {
                return Err(Invalid::new("action.parameters.url", "an address without {{", "one with {{"));
            }
            let action = json!({"type": "URL", "title": title, "url": url});
            ("twilio/call-to-action", json!({"body": body, "actions": [action]}))
        }
        _ => return Err(wrong("type")),
    })
}

/// `{"sid":"HX.."}`.
pub(crate) fn read_prepared(response: &Response) -> Result<String, ApiError> {
    string(&read(response)?["sid"]).ok_or_else(|| ApiError::odd(response, "no sid"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buttons(body: &str) -> Content {
        Content::Interactive {
            kind: "button".to_owned(),
            header: None,
            body: Some(body.to_owned()),
            footer: None,
            action: json!({"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]}),
        }
    }

    #[test]
    fn only_words_that_may_vary_are_a_variable() {
        assert_eq!(variables(&buttons("Shall we?")), Map::from_iter([("1".to_owned(), "Shall we?".into())]));
        for fixed in ["", "two\nlines", "a\ttab", "a    gap", "{{1}}"] {
            assert!(variables(&buttons(fixed)).is_empty(), "{fixed:?}");
        }
    }

    #[test]
    fn what_cannot_be_shown_is_named() {
        let with = |header: Option<Value>, footer: Option<&str>, sections: usize| Content::Interactive {
            kind: "list".to_owned(),
            header,
            body: Some("x".to_owned()),
            footer: footer.map(str::to_owned),
            action: json!({"button": "b", "sections": vec![json!({"rows": []}); sections]}),
        };
        assert_eq!(lacks(&with(None, None, 1)), None);
        assert_eq!(lacks(&with(Some(json!({"type": "text"})), None, 1)), Some("interactive/header"));
        assert_eq!(lacks(&with(None, Some("f"), 1)), Some("interactive/footer"));
        assert_eq!(lacks(&with(None, None, 2)), Some("interactive/sections"));
    }
}
