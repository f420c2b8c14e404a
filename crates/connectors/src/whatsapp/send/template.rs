//! Template messages: name, language and the values for the placeholders.

use super::text::{between, count, one_of, units};
use crate::whatsapp::api::Invalid;
use serde_json::{Value, json};

/// The `template` object. `components` is Meta's list of send components, or null when there are no placeholders.
pub(super) fn template(name: &str, language: &str, components: &Value) -> Result<Value, Invalid> {
    between("template.name", name, 1, 512)?;
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    one_of("template.name", "only a-z, 0-9 and _", plain, name)?;
    between("template.language.code", language, 2, 12)?;
    let mut object = json!({"name": name, "language": {"code": language, "policy": "deterministic"}});
    let list = match components {
        Value::Null => return Ok(object),
        Value::Array(list) => list,
        _ => return Err(Invalid::new("template.components", "a list of components", "something else")),
    };
    for component in list {
        check_component("template.components", component)?;
    }
    if !list.is_empty() {
        object["components"] = components.clone();
    }
    Ok(object)
}

fn check_component(path: &str, component: &Value) -> Result<(), Invalid> {
    let kind = component["type"].as_str().unwrap_or_default().to_ascii_lowercase();
    let known = matches!(
        kind.as_str(),
        "header" | "body" | "footer" | "button" | "carousel" | "limited_time_offer" | "order_status"
    );
    one_of(&format!("{path}.type"), "header, body, button, carousel or limited_time_offer", known, &kind)?;
    let path = format!("{path}.{kind}");
    if kind == "button" {
        let sub_type = component["sub_type"].as_str().unwrap_or_default();
        one_of(&format!("{path}.sub_type"), "the kind of button", !sub_type.is_empty(), "missing")?;
        let index = &component["index"];
        one_of(&format!("{path}.index"), "the position of the button", index.is_string() || index.is_u64(), "missing")?;
    }
    if kind == "carousel" {
        let cards = component["cards"].as_array().map(Vec::as_slice).unwrap_or_default();
        count(&format!("{path}.cards"), cards.len(), 2, 10)?;
        for inner in cards.iter().filter_map(|card| card["components"].as_array()).flatten() {
            check_component(&path, inner)?;
        }
    }
    for parameter in component["parameters"].as_array().map(Vec::as_slice).unwrap_or_default() {
        check_parameter(&path, &kind, parameter)?;
    }
    Ok(())
}

fn check_parameter(path: &str, kind: &str, parameter: &Value) -> Result<(), Invalid> {
    match parameter["type"].as_str().unwrap_or_default() {
        "text" => {
            let text = parameter["text"].as_str().unwrap_or_default();
            let most = match kind {
                "header" => 60,
                "button" => 2000,
                _ => 32_768,
            };
            let field = format!("{path}.parameters.text");
            between(&field, text, 1, most)?;
            one_of(&field, "no line breaks or tabs", !text.contains(['\n', '\r', '\t']), "a line break or tab")?;
            one_of(&field, "at most 4 spaces in a row", !text.contains("     "), "5 or more spaces")
        }
        "payload" => {
            let payload = parameter["payload"].as_str().unwrap_or_default();
            let long = units(payload);
            let field = format!("{path}.parameters.payload");
            one_of(&field, "at most 128 characters", long <= 128, &format!("{long} characters"))
        }
        "coupon_code" => between(
            &format!("{path}.parameters.coupon_code"),
            parameter["coupon_code"].as_str().unwrap_or_default(),
            1,
            15,
        ),
        media @ ("image" | "video" | "document") => {
            let object = &parameter[media];
            let one = object["id"].is_string() != object["link"].is_string();
            one_of(&format!("{path}.parameters.{media}"), "either id or link", one, "both or none")
        }
        "" => Err(Invalid::new(format!("{path}.parameters.type"), "the type of the value", "missing")),
        _ => Ok(()),
    }
}
