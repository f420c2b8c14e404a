//! The OpenAPI document as the judge of every answer, and as the list of everything there is to test.

use super::Reply;
use axum::http::Method;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Mutex;

/// The document with compiled schemas.
pub struct Document {
    json: Value,
    compiled: Mutex<HashMap<String, std::sync::Arc<Validator>>>,
}

/// One operation.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub method: Method,
    /// With names in braces.
    pub path: String,
    /// `x-permission`.
    pub access: String,
    /// Names in braces.
    pub params: Vec<String>,
    request: Option<Value>,
}

impl Document {
    pub fn read() -> Self {
        let json = serde_json::to_value(rapport_server::http::api::openapi()).unwrap();
        Self { json, compiled: Mutex::default() }
    }

    pub fn json(&self) -> &Value {
        &self.json
    }

    /// Every operation, in the document's order.
    pub fn endpoints(&self) -> Vec<Endpoint> {
        let mut found = Vec::new();
        for (path, item) in self.json["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
                let params =
                    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).map(str::to_owned);
                found.push(Endpoint {
                    method,
                    path: path.clone(),
                    access: operation["x-permission"].as_str().unwrap().to_owned(),
                    params: params.collect(),
                    request: operation.pointer("/requestBody/content/application~1json/schema").cloned(),
                });
            }
        }
        found
    }

    /// The smallest body an operation's schema allows; none when it takes none.
    pub fn smallest_body(&self, endpoint: &Endpoint) -> Option<Value> {
        endpoint.request.as_ref().map(|schema| self.smallest(schema))
    }

    fn smallest(&self, schema: &Value) -> Value {
        if let Some(reference) = schema["$ref"].as_str() {
            return self.smallest(self.json.pointer(&reference[1..]).unwrap());
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(first) = schema[key].as_array().and_then(|all| all.first()) {
                return self.smallest(first);
            }
        }
        if let Some(all) = schema["allOf"].as_array() {
            let mut merged = json!({});
            for part in all {
                merged.as_object_mut().unwrap().extend(self.smallest(part).as_object().cloned().unwrap_or_default());
            }
            return merged;
        }
        if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
            return first.clone();
        }
        match schema["type"].as_str().or_else(|| schema["type"][0].as_str()) {
            Some("object") => self.smallest_object(schema),
            Some("array") => json!([]),
            Some("integer" | "number") => schema["minimum"].as_i64().unwrap_or(1).into(),
            Some("boolean") => json!(false),
            Some("string") if schema["format"] == "uuid" => json!("00000000-0000-7000-8000-000000000000"),
            Some("string") => json!("text"),
            _ => Value::Null,
        }
    }

    fn smallest_object(&self, schema: &Value) -> Value {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let names = required.iter().filter_map(Value::as_str);
        names
            .map(|name| (name.to_owned(), self.smallest(&schema["properties"][name])))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    /// Checks an answer of the API: its status must be documented and its body must fit.
    pub fn check(&self, method: &Method, path: &str, reply: &Reply) {
        let path = path.split('?').next().unwrap();
        let is_problem = reply.header("content-type") == "application/problem+json";
        if is_problem {
            let problem = json!({ "$ref": "#/components/schemas/Problem" });
            self.fits("problem", &problem, reply, &format!("{method} {path}"));
            assert_eq!(reply.body["status"], reply.status, "a problem tells its own status");
        }
        if !path.starts_with("/api/v1") || *method == Method::HEAD {
            return;
        }
        let Some((template, operation)) = self.operation(method, path) else {
            assert!(
                is_problem && matches!(reply.status, 404 | 405),
                "{method} {path} is not in the document: {}",
                reply.status
            );
            return;
        };
        let responses = &operation["responses"];
        let exact = &responses[reply.status.to_string()];
        let documented = if exact.is_null() { &responses[format!("{}XX", reply.status / 100)] } else { exact };
        let name = format!("{method} {template} {}", reply.status);
        assert!(!documented.is_null(), "{name} is not documented: {}", reply.body);
        let sent = reply.header("content-type").split(';').next().unwrap().to_owned();
        let named = |all| -> Option<(&String, &Value)> {
            let all: &serde_json::Map<String, Value> = all;
            all.get_key_value(&sent).or_else(|| all.iter().next())
        };
        let Some((media, content)) = documented["content"].as_object().and_then(named) else {
            assert!(reply.bytes.is_empty(), "{name} has a body that the document does not know: {}", reply.body);
            return;
        };
        if media == "*/*" {
            return;
        }
        assert_eq!(sent, *media, "{name}: media type; body {}", reply.body);
        if media.ends_with("json") {
            self.fits(&name, &content["schema"], reply, &name);
        }
    }

    fn fits(&self, key: &str, schema: &Value, reply: &Reply, name: &str) {
        let mut compiled = self.compiled.lock().unwrap();
        let validator = compiled.entry(key.to_owned()).or_insert_with(|| {
            let mut whole = schema.clone();
            whole["components"] = self.json["components"].clone();
            whole["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
            std::sync::Arc::new(jsonschema::validator_for(&whole).unwrap())
        });
        let wrong: Vec<String> =
            validator.iter_errors(&reply.body).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(wrong.is_empty(), "{name} does not fit its document: {wrong:?}\n{}", reply.body);
    }

    fn operation(&self, method: &Method, path: &str) -> Option<(String, &Value)> {
        let given: Vec<&str> = path.split('/').collect();
        let paths = self.json["paths"].as_object()?;
        let matches = |template: &str| {
            let parts: Vec<&str> = template.split('/').collect();
            parts.len() == given.len()
                && parts.iter().zip(&given).all(|(part, value)| part.starts_with('{') || part == value)
        };
        // A path that is written out comes before one with a name: /users/me before /users/{id}.
        let mut found: Vec<_> = paths.iter().filter(|(template, _)| matches(template)).collect();
        found.sort_by_key(|(template, _)| template.matches('{').count());
        let method = method.as_str().to_lowercase();
        let (template, item) = found.first()?;
        item.get(&method).map(|operation| ((*template).clone(), operation))
    }
}
