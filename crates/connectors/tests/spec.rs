//! Our message bodies against Meta's own OpenAPI file, when a copy of it lies beside the repository.
//!
//! The file contradicts itself at the top level (each message forbids the properties all messages require), so the
//! object of each kind is checked against its own schema.

use rapport_connectors::Secret;
use rapport_connectors::whatsapp::Api;
use rapport_connectors::whatsapp::send::{Outbound, To, message};
use rapport_connectors::whatsapp::templates;
use serde_json::{Value, json};

const SPEC: &str = "../../../shared/specs/meta-whatsapp/business-messaging-api_v23.0.yaml";

#[test]
fn bodies_fit_the_published_schema() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(SPEC);
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: there is no copy of Meta's OpenAPI file");
        return;
    };
    let spec: Value = serde_saphyr::from_str(&text).unwrap();
    let media = |kind: &str| json!({"type": "media", "kind": kind, "provider_media_id": "9"});
    let button = json!([{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]);
    let rows = json!([{"title": "S", "rows": [{"id": "1", "title": "One"}]}]);
    let values = json!([{"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}]);
    let api = Api::meta(Secret::new("t"));
    for (schema, kind, canonical) in [
        ("TextMessage", "text", json!({"type": "text", "body": "Hi", "preview_url": true})),
        ("ImageMessage", "image", media("image")),
        ("VideoMessage", "video", media("video")),
        ("AudioMessage", "audio", media("audio")),
        ("DocumentMessage", "document", media("document")),
        ("StickerMessage", "sticker", media("sticker")),
        ("LocationMessage", "location", json!({"type": "location", "latitude": 1.5, "longitude": 2.5, "name": "N"})),
        ("ReactionMessage", "reaction", json!({"type": "reaction", "target": "w", "emoji": "👍"})),
        (
            "ContactsMessage",
            "contacts",
            json!({"type": "contacts", "cards": [{"name": "Ana", "phones": ["+1"], "emails": ["a@x.example"], "org": "O"}]}),
        ),
        (
            "TemplateMessage",
            "template",
            json!({"type": "template", "name": "n", "language": "en", "components": values}),
        ),
        (
            "InteractiveMessage",
            "interactive",
            json!({"type": "interactive", "kind": "button", "body": "b", "action": {"buttons": button}}),
        ),
        (
            "InteractiveMessage",
            "interactive",
            json!({"type": "interactive", "kind": "list", "body": "b", "action": {"button": "x", "sections": rows}}),
        ),
    ] {
        let reference = format!("#/components/schemas/{schema}/allOf/1/properties/{kind}");
        assert!(spec.pointer(&reference[1..]).is_some(), "{reference} is not in the file");
        let root = json!({"$ref": reference, "components": spec["components"]});
        let validator = jsonschema::draft202012::new(&root).unwrap();
        let content = serde_json::from_value(canonical).unwrap();
        let outbound = Outbound { to: To::Phone("+16505551234"), content: &content, reply_to: None, callback: None };
        let body = message(&api, "P", &outbound).unwrap().json().unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&body[kind]).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(errors.is_empty(), "{schema}: {errors:?}");
    }
}

/// The file shows one body for each sort of template; ours have the same members of the same types.
#[test]
fn a_new_template_fits_the_published_schema() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(SPEC);
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: there is no copy of Meta's OpenAPI file");
        return;
    };
    let spec: Value = serde_saphyr::from_str(&text).unwrap();
    let post = &spec["paths"]["/{Version}/{WABA-ID}/message_templates"]["post"];
    let schema = &post["requestBody"]["content"]["application/json"]["schema"];
    assert!(schema["properties"]["components"].is_object(), "the file has another shape");
    let components = json!([
        {"type": "BODY", "text": "Check out this new offer"},
        {"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "Look", "flow_id": "1", "flow_action": "navigate"}]}
    ]);
    let new = templates::NewTemplate {
        name: "offer",
        language: "en_US",
        category: "MARKETING",
        parameter_format: "POSITIONAL",
        components: &components,
        ttl_seconds: None,
    };
    let body = templates::create(&Api::meta(Secret::new("t")), "W", &new).json().unwrap();
    let validator = jsonschema::draft202012::new(schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&body).map(|error| format!("{}: {error}", error.instance_path)).collect();
    assert!(errors.is_empty(), "{errors:?}");
}
