//! Property definitions.

use super::{
    Call,
    error::{HubError, Result},
    schema::Property,
    state::State,
    write,
};
use crate::reply::Reply;
use serde_json::{Value, json};

/// `/crm/v3/properties/{type}` and below.
pub fn handle(state: &mut State, call: &Call, kind: &str, rest: &[&str], now: i64) -> Result<Reply> {
    let store = write::store(state, kind)?;
    match (call.method.as_str(), rest) {
        ("GET", ["groups"]) => Ok(Reply::ok(&json!({"results": [
            {"name": format!("{}information", store.kind), "label": "Information", "displayOrder": 0, "archived": false},
        ]}))),
        ("GET", []) => {
            let results: Vec<&Value> = store.properties.values().map(|p| &p.view).collect();
            Ok(Reply::ok(&json!({ "results": results })))
        }
        ("GET", [name]) => store.properties.get(*name).map(|p| Reply::ok(&p.view)).ok_or_else(|| absent(name)),
        ("POST", []) => {
            let view = create(store, &call.body, now)?;
            Ok(Reply::json(201, &view))
        }
        ("POST", ["batch", "create"]) => {
            let mut results = Vec::new();
            for input in inputs(&call.body)? {
                results.push(create(store, input, now)?);
            }
            Ok(Reply::json(201, &json!({"status": "COMPLETE", "results": results})))
        }
        ("POST", ["batch", "read"]) => {
            let views: Vec<&Value> = inputs(&call.body)?
                .iter()
                .filter_map(|input| Some(&store.properties.get(input.get("name")?.as_str()?)?.view))
                .collect();
            Ok(Reply::ok(&json!({"status": "COMPLETE", "results": views})))
        }
        ("PATCH", [name]) => {
            let old = store.properties.get(*name).ok_or_else(|| absent(name))?;
            if old.view["hubspotDefined"] == true {
                return Err(HubError::invalid(format!("Property {name} is defined by HubSpot and cannot be changed")));
            }
            let mut view = old.view.clone();
            for key in ["label", "description", "groupName", "options", "fieldType", "formField", "displayOrder"] {
                if let Some(value) = call.body.get(key) {
                    view[key] = value.clone();
                }
            }
            let property = Property::new(view, false, false, now);
            let view = property.view.clone();
            store.properties.insert((*name).to_owned(), property);
            Ok(Reply::ok(&view))
        }
        ("DELETE", [name]) => {
            if store.properties.get(*name).is_some_and(|p| p.view["hubspotDefined"] == false) {
                store.properties.remove(*name);
                store.unique.retain(|(property, _), _| property != name);
            }
            Ok(Reply::empty(204))
        }
        _ => Err(HubError::new(404, "OBJECT_NOT_FOUND", "resource not found")),
    }
}

fn absent(name: &str) -> HubError {
    HubError::not_found(format!("No properties found for the given name: {name}"))
}

fn inputs(body: &Value) -> Result<&Vec<Value>> {
    body.get("inputs")
        .and_then(Value::as_array)
        .ok_or_else(|| HubError::invalid("Invalid input JSON: inputs must be a list"))
}

fn create(store: &mut super::state::Store, definition: &Value, now: i64) -> Result<Value> {
    let text = |key: &str| definition.get(key).and_then(Value::as_str).unwrap_or("");
    let missing: Vec<&str> =
        ["name", "label", "type", "fieldType", "groupName"].into_iter().filter(|key| text(key).is_empty()).collect();
    if !missing.is_empty() {
        return Err(HubError::invalid(format!("Invalid input JSON: some required fields were not set: {missing:?}")));
    }
    let name = text("name");
    let fits = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_lowercase());
    if !fits {
        return Err(HubError::invalid(format!(
            "The property name {name} may only have lowercase letters, digits and underscores"
        )));
    }
    if !["string", "number", "date", "datetime", "enumeration", "bool", "phone_number"].contains(&text("type")) {
        return Err(HubError::invalid(format!("Invalid input JSON: {} is not a property type", text("type"))));
    }
    if store.properties.contains_key(name) {
        return Err(HubError::new(409, "OBJECT_ALREADY_EXISTS", format!("A property named '{name}' already exists.")));
    }
    let unique = definition.get("hasUniqueValue").and_then(Value::as_bool) == Some(true);
    if unique && store.properties.values().filter(|p| p.unique && p.view["hubspotDefined"] == false).count() >= 10 {
        return Err(HubError::invalid("An object type may have at most 10 unique properties"));
    }
    let property = Property::new(definition.clone(), false, false, now);
    let view = property.view.clone();
    store.properties.insert(name.to_owned(), property);
    Ok(view)
}
