//! A connector's calls against a vendor's own OpenAPI file, when a copy of it lies beside the repository.

use rapport_connectors::http::Request;
use serde_json::{Value, json};

/// The file, or `None` with a notice when there is no copy. `path` is below the shared specifications.
pub fn read(path: &str) -> Option<Value> {
    let shared = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs").join(path);
    let Ok(text) = std::fs::read_to_string(shared) else {
        println!("skipped: there is no copy of {path}");
        return None;
    };
    Some(if path.ends_with(".yaml") {
        serde_saphyr::from_str(&text).unwrap()
    } else {
        serde_json::from_str(&text).unwrap()
    })
}

/// What is wrong with a call: its path and method, its parameters, its body. `template` is the file's path, `base` what
/// stands before it in the call's address.
pub fn faults(spec: &Value, template: &str, request: &Request, base: &str) -> Vec<String> {
    let whole = request.url.strip_prefix(base).unwrap();
    let (path, query) = whole.split_once('?').unwrap_or((whole, ""));
    let (have, want): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), template.split('/').collect());
    let fits = have.len() == want.len() && have.iter().zip(&want).all(|(h, w)| w.starts_with('{') || h == w);
    let item = &spec["paths"][template];
    let operation = &item[request.method.as_str().to_lowercase()];
    if !fits || !operation.is_object() {
        return vec![format!("{}: {path} is not {template}", request.operation)];
    }
    let listed = [item, operation].into_iter().flat_map(|of| of["parameters"].as_array().cloned().unwrap_or_default());
    let known: Vec<Value> = listed
        .map(|one| match one["$ref"].as_str() {
            Some(reference) => spec.pointer(reference.trim_start_matches('#')).cloned().unwrap_or_default(),
            None => one,
        })
        .collect();
    let mut wrong = Vec::new();
    for name in query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty()) {
        // Where lists are turned by a cursor the file may name that nowhere.
        let paging = name.starts_with("page%5B");
        if !paging && !known.iter().any(|one| one["in"] == "query" && one["name"] == name) {
            wrong.push(format!("{}: unknown parameter {name}", request.operation));
        }
    }
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    if let (Some(body), true) = (request.json(), schema.is_object()) {
        let root = json!({ "allOf": [schema], "components": spec["components"] });
        let validator = jsonschema::draft202012::new(&root).unwrap();
        wrong.extend(validator.iter_errors(&body).map(|error| format!("{}: {error}", request.operation)));
    }
    wrong
}
