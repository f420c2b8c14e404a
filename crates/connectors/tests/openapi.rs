//! Every call the WhatsApp connector makes against Meta's own OpenAPI file, when a copy of it lies beside the
//! repository: the path and method exist there, query parameters are known, bodies fit. (What the kinds of messages
//! look like inside is compared in `spec.rs`.)

use rapport_connectors::Secret;
use rapport_connectors::http::{Body, Method, Request};
use rapport_connectors::whatsapp::send::{Outbound, To, message, read_mark};
use rapport_connectors::whatsapp::{Api, blocks, media, numbers, profile, qr, registration, templates};
use serde_json::{Value, json};

const SPEC: &str = "../../../shared/specs/meta-whatsapp/business-messaging-api_v23.0.yaml";

/// Ids used in the calls, and what the file calls them.
const IDS: &[(&str, &str)] = &[
    ("10001", "{Phone-Number-ID}"),
    ("20002", "{WABA-ID}"),
    ("30003", "{TEMPLATE_ID}"),
    ("40004", "{Media-ID}"),
    ("QRQRQRQRQRQRQR", "{QR-Code-ID}"),
];

/// Where the file is narrower than Meta's pages, or contradicts itself: (operation, part of the error).
const NOT_IN_FILE: &[(&str, &str)] = &[
    // Graph API parameters that every list takes.
    ("templates", "unknown parameter"),
    // On Meta's page for uploads, not in the file.
    ("media_upload", "unknown part type"),
    // The file shows no body at all; an unneeded member does no harm.
    ("deregister", "the file knows no JSON body"),
    // Every change of a link also fits the schema for a new one.
    ("qr_code_save", "valid under more than one of the schemas"),
    // Each schema of a message forbids what all messages require.
    ("read_mark", "not valid under any of the schemas"),
];

fn spec() -> Option<Value> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(SPEC);
    match std::fs::read_to_string(path) {
        Ok(text) => Some(serde_saphyr::from_str(&text).expect("the file is YAML")),
        Err(_) => {
            println!("skipped: there is no copy of Meta's OpenAPI file");
            None
        }
    }
}

/// The calls.
fn calls(api: &Api) -> Vec<Request> {
    let components = json!([{"type": "BODY", "text": "Your order has been packed."}]);
    let new = templates::NewTemplate {
        name: "packed",
        language: "en_US",
        category: "UTILITY",
        parameter_format: "POSITIONAL",
        components: &components,
        ttl_seconds: Some(3_600),
    };
    let edit = templates::Edit { category: Some("UTILITY"), components: Some(&components), ttl_seconds: Some(60) };
    let changes = profile::Changes {
        about: Some("Open daily".into()),
        address: Some("1 Way".into()),
        description: Some("A shop".into()),
        email: Some("shop@shop.example".into()),
        websites: Some(vec!["https://shop.example".into()]),
        vertical: Some("RETAIL".into()),
    };
    let source = media::Source::Bytes(vec![1, 2, 3].into());
    let secret = Secret::new("verify");
    vec![
        templates::list(api, "20002", Some("CURSOR")),
        templates::create(api, "20002", &new),
        templates::edit(api, "30003", &edit),
        templates::delete(api, "20002", "packed", Some("30003")),
        media::upload(api, "10001", "image/png", "a.png", source, "abcdefghijklmnop").expect("valid"),
        media::info(api, "40004", Some("10001")),
        media::delete(api, "40004"),
        profile::get(api, "10001"),
        profile::update(api, "10001", &changes).expect("valid"),
        registration::register(api, "10001", "123456").expect("valid"),
        registration::deregister(api, "10001"),
        registration::request_code(api, "10001", registration::CodeMethod::Sms, "en_US").expect("valid"),
        registration::verify_code(api, "10001", "123456").expect("valid"),
        numbers::get(api, "10001"),
        numbers::list(api, "20002", None),
        numbers::waba(api, "20002"),
        numbers::subscribed_apps(api, "20002"),
        numbers::subscribe(api, "20002", Some(("https://shop.example/hook", &secret))),
        numbers::subscribe(api, "20002", None),
        numbers::health(api, "10001"),
        blocks::set(api, "10001", "+16505551234", true),
        blocks::set(api, "10001", "+16505551234", false),
        qr::list(api, "10001", None),
        qr::save(api, "10001", None, "Hello").expect("valid"),
        qr::save(api, "10001", Some("QRQRQRQRQRQRQR"), "Hello").expect("valid"),
        qr::delete(api, "10001", "QRQRQRQRQRQRQR"),
        read_mark(api, "10001", "wamid.IN", false),
    ]
}

/// The file's path item and operation for a request; the error says what is missing.
fn operation<'a>(spec: &'a Value, request: &Request) -> Result<(&'a Value, &'a Value), String> {
    let path = request.url.strip_prefix("https://graph.facebook.com").ok_or("another host")?;
    let path = path.split('?').next().unwrap_or_default();
    let mut segments: Vec<&str> = path.split('/').collect();
    segments[1] = "{Version}";
    for segment in &mut segments {
        if let Some((_, name)) = IDS.iter().find(|(id, _)| id == segment) {
            *segment = name;
        }
    }
    let path = segments.join("/");
    let item = spec["paths"].get(&path).ok_or_else(|| format!("the file has no path {path}"))?;
    let method = request.method.as_str().to_lowercase();
    let operation = item.get(&method).ok_or_else(|| format!("the file has no {method} {path}"))?;
    Ok((item, operation))
}

fn resolved<'a>(spec: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => spec.pointer(reference.trim_start_matches('#')).unwrap_or(value),
        None => value,
    }
}

/// Query parameters the file does not know for this operation.
fn unknown_parameters(spec: &Value, item: &Value, operation: &Value, request: &Request) -> Vec<String> {
    let listed = |of: &Value| of["parameters"].as_array().cloned().unwrap_or_default();
    let all: Vec<Value> = listed(item).into_iter().chain(listed(operation)).collect();
    let known: Vec<&str> = all
        .iter()
        .map(|parameter| resolved(spec, parameter))
        .filter(|parameter| parameter["in"] == "query")
        .filter_map(|parameter| parameter["name"].as_str())
        .collect();
    let query = request.url.split_once('?').map_or("", |(_, query)| query);
    let used = query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty());
    used.filter(|name| !known.contains(name)).map(|name| format!("unknown parameter {name}")).collect()
}

/// What is wrong with the body.
fn body_errors(spec: &Value, operation: &Value, request: &Request) -> Vec<String> {
    let wanted = resolved(spec, &operation["requestBody"]);
    let Some(body) = request.json() else {
        return match &request.body {
            Body::Empty if wanted["required"] == true => vec!["a body is required".to_owned()],
            Body::Empty => Vec::new(),
            _ => form_errors(spec, wanted, request),
        };
    };
    let schema = &wanted["content"]["application/json"]["schema"];
    if schema.is_null() {
        return vec!["the file knows no JSON body here".to_owned()];
    }
    let root = json!({"allOf": [schema], "components": spec["components"]});
    let validator = jsonschema::draft202012::new(&root).expect("a schema");
    validator.iter_errors(&body).map(|error| format!("{}: {error}", error.instance_path)).collect()
}

/// Parts of a form the file does not know, or that are missing.
fn form_errors(spec: &Value, wanted: &Value, request: &Request) -> Vec<String> {
    let Body::Bytes(bytes) = &request.body else {
        return vec!["a file from disk cannot be looked into".to_owned()];
    };
    let text = String::from_utf8_lossy(bytes);
    let parts: Vec<&str> = text.split("form-data; name=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let schema = resolved(spec, &wanted["content"]["multipart/form-data"]["schema"]);
    let known = schema["properties"].as_object().cloned().unwrap_or_default();
    let needed = schema["required"].as_array().cloned().unwrap_or_default();
    let strange = parts.iter().filter(|part| !known.contains_key(**part)).map(|part| format!("unknown part {part}"));
    let missing = needed.iter().filter_map(Value::as_str).filter(|name| !parts.contains(name));
    strange.chain(missing.map(|name| format!("missing part {name}"))).collect()
}

#[test]
fn every_call_is_in_the_published_file() {
    let Some(spec) = spec() else { return };
    let api = Api::new("https://graph.facebook.com", "v23.0", Secret::new("t"));
    let mut wrong = Vec::new();
    let all = calls(&api);
    for request in &all {
        let mut errors = match operation(&spec, request) {
            Ok((item, operation)) => {
                let mut errors = unknown_parameters(&spec, item, operation, request);
                errors.extend(body_errors(&spec, operation, request));
                errors
            }
            Err(error) => vec![error],
        };
        errors.retain(|error| {
            !NOT_IN_FILE.iter().any(|(operation, part)| *operation == request.operation && error.contains(part))
        });
        wrong.extend(errors.into_iter().map(|error| format!("{}: {error}", request.operation)));
    }
    println!("{} calls compared", all.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Interactive messages of every kind the file describes, inside the whole body of a message.
#[test]
fn interactive_messages_fit_the_published_schema() {
    let Some(spec) = spec() else { return };
    let api = Api::new("https://graph.facebook.com", "v23.0", Secret::new("t"));
    let reference = "#/components/schemas/InteractiveMessage/allOf/1/properties/interactive";
    let root = json!({"$ref": reference, "components": spec["components"]});
    let validator = jsonschema::draft202012::new(&root).expect("a schema");
    let reply = |id: &str| json!({"type": "reply", "reply": {"id": id, "title": id}});
    let product = json!([{"title": "Best", "product_items": [{"product_retailer_id": "A1"}]}]);
    let header = json!({"type": "text", "text": "Menu"});
    for content in [
        json!({"kind": "button", "body": "b", "footer": "f", "header": header, "action": {"buttons": [reply("y"), reply("n")]}}),
        json!({"kind": "list", "body": "b", "action": {"button": "Pick", "sections": [
            {"title": "One", "rows": [{"id": "1", "title": "A", "description": "d"}]},
            {"title": "Two", "rows": [{"id": "2", "title": "B"}]}]}}),
        json!({"kind": "product", "action": {"catalog_id": "7", "product_retailer_id": "A1"}}),
        json!({"kind": "product_list", "header": header, "body": "b", "action": {"catalog_id": "7", "sections": product}}),
    ] {
        let mut canonical = content;
        canonical["type"] = "interactive".into();
        let content = serde_json::from_value(canonical.clone()).expect("content");
        let outbound = Outbound { to: To::Phone("+16505551234"), content: &content, reply_to: None, callback: None };
        let request = message(&api, "10001", &outbound).expect("valid");
        assert_eq!(request.method, Method::Post);
        let body = request.json().expect("JSON");
        let errors: Vec<String> = validator
            .iter_errors(&body["interactive"])
            .map(|error| format!("{}: {error}", error.instance_path))
            .collect();
        assert!(errors.is_empty(), "{canonical}: {errors:?}");
    }
}
