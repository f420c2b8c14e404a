//! Template messages: the form of name, language and values. Whether they fit the template is `core::template::check`.

use super::Code;
use super::sheet::{Sheet, list};
use serde_json::Value;

const PARTS: [&str; 7] = ["header", "body", "footer", "button", "carousel", "limited_time_offer", "order_status"];

pub(super) fn template(sheet: &mut Sheet, name: &str, language: &str, components: &Value) {
    sheet.text("name", name, 512);
    if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        sheet.add(Code::Characters, "name", "only a-z, 0-9 and _", name);
    }
    sheet.text("language", language, 12);
    match components {
        Value::Null => {}
        Value::Array(all) => {
            for (at, part) in all.iter().enumerate() {
                component(sheet, &format!("components[{at}]"), part);
            }
        }
        _ => sheet.add(Code::NotAllowed, "components", "a list of components", "something else"),
    }
}

fn component(sheet: &mut Sheet, path: &str, part: &Value) {
    let kind = part["type"].as_str().unwrap_or_default().to_ascii_lowercase();
    sheet.word(&format!("{path}.type"), &Value::from(kind.as_str()), &PARTS);
    if kind == "button" {
        sheet.value(&format!("{path}.sub_type"), &part["sub_type"], 64);
        if !part["index"].is_string() && !part["index"].is_u64() {
            sheet.add(Code::Missing, &format!("{path}.index"), "", "");
        }
    }
    if kind == "carousel" {
        let cards = list(part, "cards");
        sheet.count(&format!("{path}.cards"), cards.len(), 2, 10);
        for (nth, card) in cards.iter().enumerate() {
            for (at, inner) in list(card, "components").iter().enumerate() {
                component(sheet, &format!("{path}.cards[{nth}].components[{at}]"), inner);
            }
        }
    }
    for (at, value) in list(part, "parameters").iter().enumerate() {
        parameter(sheet, &format!("{path}.parameters[{at}]"), &kind, value);
    }
}

fn parameter(sheet: &mut Sheet, path: &str, kind: &str, value: &Value) {
    match value["type"].as_str().unwrap_or_default() {
        "text" => {
            let text = value["text"].as_str().unwrap_or_default();
            let field = format!("{path}.text");
            let most = match kind {
                "header" => 60,
                "button" => 2000,
                _ => 32_768,
            };
            sheet.text(&field, text, most);
            if text.contains(['\n', '\r', '\t']) {
                sheet.add(Code::Characters, &field, "no line breaks or tabs", "a line break or tab");
            }
            if text.contains("     ") {
                sheet.add(Code::Characters, &field, "at most 4 spaces in a row", "5 or more spaces");
            }
        }
        "payload" => sheet.at_most(&format!("{path}.payload"), value["payload"].as_str().unwrap_or_default(), 128),
        "coupon_code" => sheet.value(&format!("{path}.coupon_code"), &value["coupon_code"], 15),
        media @ ("image" | "video" | "document") => {
            let file = &value[media];
            // Our own file, before it is exchanged for the provider's id.
            if !file["media_id"].is_string() {
                sheet.either(&format!("{path}.{media}"), file, "id", "link");
            }
        }
        "" => sheet.add(Code::Missing, &format!("{path}.type"), "", ""),
        _ => {}
    }
}
