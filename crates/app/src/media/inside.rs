//! Files inside template parameters: a media header names our file as `media_id`; the provider knows it by another id.

use serde_json::{Map, Value};
use uuid::Uuid;

/// The member that names our file.
const OURS: &str = "media_id";
/// The member that names the provider's.
const THEIRS: &str = "id";
/// Parameters that hold a file.
const KINDS: [&str; 3] = ["image", "video", "document"];

/// Calls `see` with each file object of the components (headers, cards included) and its kind.
fn walk(components: &mut Value, see: &mut dyn FnMut(&str, &mut Map<String, Value>)) {
    for component in components.as_array_mut().into_iter().flatten() {
        for parameter in component.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let kind = parameter["type"].as_str().and_then(|word| KINDS.into_iter().find(|kind| *kind == word));
            let Some(kind) = kind else { continue };
            if let Some(file) = parameter.get_mut(kind).and_then(Value::as_object_mut) {
                see(kind, file);
            }
        }
        for card in component.get_mut("cards").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(inner) = card.get_mut("components") {
                walk(inner, see);
            }
        }
    }
}

fn ours(file: &Map<String, Value>) -> Option<Uuid> {
    file.get(OURS).and_then(Value::as_str).and_then(|text| text.parse().ok())
}

/// Puts our ids in their place: clients name our files as `id`, as they would the provider's, whose ids are no UUIDs.
pub(crate) fn claim(components: &mut Value) {
    walk(components, &mut |_, file| {
        let own: Option<Uuid> = file.get(THEIRS).and_then(Value::as_str).and_then(|text| text.parse().ok());
        if let Some(own) = own {
            file.remove(THEIRS);
            file.insert(OURS.to_owned(), own.to_string().into());
        }
    });
}

/// Our files, with the kind each is used as.
pub(crate) fn files(components: &Value) -> Vec<(Uuid, &'static str)> {
    let mut found = Vec::new();
    let mut copy = components.clone();
    walk(&mut copy, &mut |kind, file| {
        let kind = KINDS.into_iter().find(|known| *known == kind);
        found.extend(ours(file).zip(kind));
    });
    found
}

/// Puts the provider's ids in place of ours.
pub(crate) fn exchange(components: &mut Value, theirs: &dyn Fn(Uuid) -> Option<String>) {
    walk(components, &mut |_, file| {
        if let Some(id) = ours(file).and_then(theirs) {
            file.remove(OURS);
            file.insert(THEIRS.to_owned(), id.into());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn our_files_are_found_in_headers_and_cards() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let header = |id: &str| json!({ "type": "header", "parameters": [{ "type": "image", "image": { "id": id } }] });
        let mut components = json!([
            header(&one.to_string()),
            { "type": "body", "parameters": [{ "type": "text", "text": "x" }] },
            { "type": "carousel", "cards": [
                { "card_index": 0, "components": [header(&two.to_string())] },
                { "card_index": 1, "components": [header("1234567890")] }
            ] }
        ]);
        claim(&mut components);
        assert_eq!(files(&components), [(one, "image"), (two, "image")]);
        assert_eq!(components[0]["parameters"][0]["image"], json!({ "media_id": one }));
        exchange(&mut components, &|id| (id == one).then(|| "m1".to_owned()));
        assert_eq!(components[0]["parameters"][0]["image"], json!({ "id": "m1" }));
        assert_eq!(files(&components), [(two, "image")]);
        assert_eq!(components[2]["cards"][1]["components"][0]["parameters"][0]["image"]["id"], "1234567890");
    }
}
