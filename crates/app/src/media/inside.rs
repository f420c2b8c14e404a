//! Files inside template parameters and the headers of interactive messages: they name our file as `media_id`; the
//! provider knows it by another id.

use rapport_core::message::Content;
use serde_json::{Map, Value};
use uuid::Uuid;

/// The member that names our file.
const OURS: &str = "media_id";
/// The member that names the provider's.
const THEIRS: &str = "id";
/// Parameters that hold a file.
const KINDS: [&str; 3] = ["image", "video", "document"];

/// What is done with each file object and its kind.
type See<'a> = &'a mut dyn FnMut(&'static str, &mut Map<String, Value>);

/// Calls `see` with each file object of a content.
fn walk(content: &mut Content, see: See<'_>) {
    match content {
        Content::Template { components, .. } => parameters(components, see),
        Content::Interactive { header, action, .. } => {
            if let Some(header) = header {
                one(header, see);
            }
            for card in action.get_mut("cards").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(header) = card.get_mut("header") {
                    one(header, see);
                }
            }
        }
        _ => {}
    }
}

/// Headers of a template's send components, cards included.
fn parameters(components: &mut Value, see: See<'_>) {
    for component in components.as_array_mut().into_iter().flatten() {
        for parameter in component.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            one(parameter, see);
        }
        for card in component.get_mut("cards").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(inner) = card.get_mut("components") {
                parameters(inner, see);
            }
        }
    }
}

/// The file in `{"type":"image","image":{..}}`.
fn one(holder: &mut Value, see: See<'_>) {
    let kind = holder["type"].as_str().and_then(|word| KINDS.into_iter().find(|kind| *kind == word));
    let Some(kind) = kind else { return };
    if let Some(file) = holder.get_mut(kind).and_then(Value::as_object_mut) {
        see(kind, file);
    }
}

fn ours(file: &Map<String, Value>) -> Option<Uuid> {
    file.get(OURS).and_then(Value::as_str).and_then(|text| text.parse().ok())
}

/// Puts our ids in their place: clients name our files as `id`, as they would the provider's, whose ids are no UUIDs.
pub(crate) fn claim(content: &mut Content) {
    walk(content, &mut |_, file| {
        let own: Option<Uuid> = file.get(THEIRS).and_then(Value::as_str).and_then(|text| text.parse().ok());
        if let Some(own) = own {
            file.remove(THEIRS);
            file.insert(OURS.to_owned(), own.to_string().into());
        }
    });
}

/// Our files, with the kind each is used as.
pub(crate) fn files(content: &Content) -> Vec<(Uuid, &'static str)> {
    let mut found = Vec::new();
    if !matches!(content, Content::Template { .. } | Content::Interactive { .. }) {
        return found;
    }
    walk(&mut content.clone(), &mut |kind, file| found.extend(ours(file).map(|id| (id, kind))));
    found
}

/// Puts the provider's ids in place of ours.
pub(crate) fn exchange(content: &mut Content, theirs: &dyn Fn(Uuid) -> Option<String>) {
    walk(content, &mut |_, file| {
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

    fn template(components: Value) -> Content {
        serde_json::from_value(json!({ "type": "template", "name": "t", "language": "en", "components": components }))
            .unwrap()
    }

    fn components(content: &Content) -> &Value {
        match content {
            Content::Template { components, .. } => components,
            _ => panic!("a template"),
        }
    }

    #[test]
    fn our_files_are_found_in_headers_and_cards() {
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let header = |id: &str| json!({ "type": "header", "parameters": [{ "type": "image", "image": { "id": id } }] });
        let mut content = template(json!([
            header(&first.to_string()),
            { "type": "body", "parameters": [{ "type": "text", "text": "x" }] },
            { "type": "carousel", "cards": [
                { "card_index": 0, "components": [header(&second.to_string())] },
                { "card_index": 1, "components": [header("1234567890")] }
            ] }
        ]));
        claim(&mut content);
        assert_eq!(files(&content), [(first, "image"), (second, "image")]);
        assert_eq!(components(&content)[0]["parameters"][0]["image"], json!({ "media_id": first }));
        exchange(&mut content, &|id| (id == first).then(|| "m1".to_owned()));
        assert_eq!(components(&content)[0]["parameters"][0]["image"], json!({ "id": "m1" }));
        assert_eq!(files(&content), [(second, "image")]);
        assert_eq!(components(&content)[2]["cards"][1]["components"][0]["parameters"][0]["image"]["id"], "1234567890");
    }

    #[test]
    fn and_in_interactive_messages() {
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut content: Content = serde_json::from_value(json!({
            "type": "interactive", "kind": "carousel", "body": "b",
            "header": { "type": "video", "video": { "id": first } },
            "action": { "cards": [{ "header": { "type": "image", "image": { "id": second } } }, { "header": null }] }
        }))
        .unwrap();
        claim(&mut content);
        assert_eq!(files(&content), [(first, "video"), (second, "image")]);
        exchange(&mut content, &|id| Some(id.simple().to_string()));
        assert!(files(&content).is_empty());
    }
}
